import type { Chance } from '../support/generate-chance.ts';
import { minimize } from './minimize.ts';
import { chanceOf } from './numbers.ts';
import type { ReachedCode } from './reached-code.ts';
import type { Target } from './target.ts';

/** An input for which a promise does not hold. */
export interface Finding {
  readonly target: string;
  readonly message: string;
  readonly input: string;
}

export interface CampaignOptions {
  readonly target: Target;
  readonly seed: number;
  /** Told of each input before it is tried: who watches then knows what takes so long. */
  readonly begin: (input: string) => void;
  readonly report: (finding: Finding) => void;
  /** Inputs that reach new code are kept and mutated further. */
  readonly reached?: ReachedCode | undefined;
  /** How often it is tried to make an input smaller for which a promise does not hold. */
  readonly attempts?: number;
}

/** So many inputs are tried between two looks at what they reached. */
const BATCH = 20;
const LARGEST_POOL = 2_000;
const ATTEMPTS = 2_000;

/** Tries inputs on one target. The seed fixes what is tried, as far as code is reached in the same order. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #chance: Chance;
  readonly #pool: string[];
  /** One finding a message: the same mistake is found again and again. */
  readonly #known = new Set<string>();
  tried = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#chance = chanceOf(options.seed, options.target.name.length);
    this.#pool = [...options.target.seeds];
  }

  get poolSize(): number {
    return this.#pool.length;
  }

  /** Tries the seeds as they are. */
  async trySeeds(): Promise<void> {
    for (const input of this.#options.target.seeds) await this.#try(input);
    this.#options.reached?.newBlocks();
  }

  /** Tries a batch of new inputs; `most` may make it smaller. */
  async tryBatch(most = BATCH): Promise<void> {
    const { target, reached } = this.#options;
    const batch: string[] = [];
    for (let count = Math.min(BATCH, most); count > 0; count -= 1) {
      const isNew = this.#pool.length === 0 || this.#chance.percent(20);
      const input = isNew
        ? target.generate(this.#chance)
        : target.mutate(this.#chance, this.#chance.pick(this.#pool), this.#pool);
      batch.push(input);
      await this.#try(input);
    }
    if (reached === undefined || reached.newBlocks() === 0) return;
    for (const input of batch) {
      if (this.#pool.length < LARGEST_POOL) this.#pool.push(input);
      else this.#pool[this.#chance.integer(target.seeds.length, LARGEST_POOL - 1)] = input;
    }
  }

  async #try(input: string): Promise<void> {
    this.tried += 1;
    const message = await this.#failure(input);
    if (message === undefined || this.#known.has(kindOf(message))) return;
    this.#known.add(kindOf(message));
    const isSame = async (smaller: string): Promise<boolean> => {
      const other = await this.#failure(smaller);
      return other !== undefined && kindOf(other) === kindOf(message);
    };
    const small = await minimize(input, isSame, this.#options.attempts ?? ATTEMPTS);
    this.#options.report({ target: this.#options.target.name, message, input: small });
  }

  async #failure(input: string): Promise<string | undefined> {
    const { target, begin } = this.#options;
    begin(input);
    try {
      await target.check(input);
      return undefined;
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }
}

/** What is the same of two messages about one mistake: the first line, without what comes from the input. */
function kindOf(message: string): string {
  const [first = ''] = message.split('\n', 1);
  return first.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\d+/g, '…');
}
