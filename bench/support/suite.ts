/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** The part that is measured, of a suite that has parts. */
  readonly part?: string | undefined;
  /** Few and short rounds: shows that everything runs, and says little about speed. */
  readonly quick: boolean;
  /** Where a suite says what it is doing; not part of the results. */
  readonly say: (text: string) => void;
}

/** What a figure is to be, at most or at least. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One measured figure. */
export interface Result {
  /** Unique among all suites, such as `ten-layers/permit/known-ids`. */
  readonly name: string;
  /** The median. */
  readonly value: number;
  /** Such as `µs`, `ms`, `MB`, `requests/s`, or `×` for a ratio. */
  readonly unit: string;
  /** What half of all rounds gave: the lower and the upper quartile. */
  readonly spread?: Spread | undefined;
  readonly target?: Target | undefined;
  /** What the figure is measured on, where its name does not say so. */
  readonly note?: string | undefined;
}

export interface Spread {
  readonly low: number;
  readonly high: number;
}

/** A group of figures that are measured together, in a process of its own. */
export interface Suite {
  /** Its file's name. */
  readonly name: string;
  /** One sentence for `--help`. */
  readonly summary: string;
  /** What is measured in a process of its own each, in this order; a suite that names none is one. */
  readonly parts?: readonly string[];
  /** Measures. It throws when what is compared does not answer the same. */
  readonly run: (options: BenchOptions) => Promise<readonly Result[]>;
}

/** Whether the figure is what it is to be; undefined for one that has no target. */
export function isReached({ value, target }: Pick<Result, 'value' | 'target'>): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}
