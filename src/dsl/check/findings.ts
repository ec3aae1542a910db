import { type Diagnostic, type RelatedPlace, type Reporter, reporter } from '../diagnostics/diagnostic.ts';
import { MEANING_DIAGNOSTICS } from '../diagnostics/meaning.ts';
import { NAME_DIAGNOSTICS } from '../diagnostics/names.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Span } from '../source/source-text.ts';

const CHECK_DIAGNOSTICS = { ...NAME_DIAGNOSTICS, ...MEANING_DIAGNOSTICS };

export type Report = Reporter<typeof CHECK_DIAGNOSTICS>;

/** What reports, and knows what a misspelt name may have been meant to be. */
export interface Finder {
  readonly report: Report;
  /** The known name nearest to an unknown one, if it is near enough to be meant. */
  nearest(name: string, known: Iterable<string>): string | undefined;
}

/** Suggestions are looked for until so many names have been looked at: many misspelt names times many known ones have no end. */
const MAXIMUM_CANDIDATES = 500_000;

/** Gathers what the checker finds; of several findings of one kind at one place the first stands for all. */
export class Findings implements Finder {
  readonly all: Diagnostic[] = [];
  readonly report: Report;
  readonly #seen = new Map<string, Set<string>>();
  #candidates = 0;

  constructor() {
    const append = reporter(CHECK_DIAGNOSTICS, this.all);
    this.report = (name, span, args, related) => {
      if (this.#isNew(name, span)) append(name, span, args, related);
    };
  }

  /** The known name nearest to an unknown one; undefined also once too many were looked for. */
  nearest(name: string, known: Iterable<string>): string | undefined {
    if (this.#candidates >= MAXIMUM_CANDIDATES) return undefined;
    const names = [...known];
    this.#candidates += names.length;
    return nearestName(name, names);
  }

  get hasErrors(): boolean {
    return this.all.some((one) => one.severity === 'error');
  }

  #isNew(name: string, span: Span): boolean {
    const seen = this.#seen.get(span.source.path) ?? new Set<string>();
    this.#seen.set(span.source.path, seen);
    const key = `${name}:${span.start}:${span.end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  }
}

/** The other of two places of one name. */
export function firstDeclared(span: Span): readonly RelatedPlace[] {
  return [{ span, message: 'first declared here' }];
}
