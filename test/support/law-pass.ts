import { expect } from 'chai';
import fc from 'fast-check';
import { type GeneratedCase, generatedCases } from './generated-case.ts';
import { LAW_TIMEOUT, type LawSettings, lawSettings } from './laws.ts';

/** What a law was tried on. */
class Tally {
  bundles = 0;
  requests = 0;
  permits = 0;
  readonly #notes = new Map<string, number>();

  /** Counts a question and its verdict. */
  request(permitted: boolean): void {
    this.requests += 1;
    if (permitted) this.permits += 1;
  }

  note(what: string, times = 1): void {
    this.#notes.set(what, (this.#notes.get(what) ?? 0) + times);
  }

  count(what: string): number {
    return this.#notes.get(what) ?? 0;
  }

  /** In one line. */
  toString(): string {
    const share =
      this.requests === 0 ? '' : `, ${((100 * this.permits) / this.requests).toFixed(1)}% permitted`;
    const asked = this.requests === 0 ? '' : `, ${this.requests} requests${share}`;
    const notes = [...this.#notes].map(([what, times]) => `, ${what}: ${times}`);
    return `${this.bundles} bundles${asked}${notes.join('')}`;
  }
}

/** Something that holds of every bundle and every question to it. */
export interface Law {
  readonly name: string;
  /** Throws where the law is broken, and counts what it was tried on. */
  check(one: GeneratedCase, tally: Tally): void;
  /** Whether it is about verdicts: then so many requests, and so many permits among them, must have been tried. */
  readonly aboutRequests: boolean;
  /** What must have been met, and how often for each bundle on average. */
  readonly premises: Readonly<Record<string, number>>;
  /** What else must hold when all has been tried. */
  conclude?(): void;
}

const BUNDLES = 1000;
/** Of so many bundles it can be expected that they hold everything. */
const ENOUGH = 500;
const QUESTIONS = 20;
const LEAST_PERMITS = 0.2;

/** What became of a law. */
export interface Outcome {
  readonly tally: Tally;
  /** The number of the first case that broke the law. */
  brokenAt?: number;
}

/**
 * Tries all laws on the same cases, each case made once; each law has a test of its own. The first case that breaks a
 * law is made again from the seed, and made small for that law alone.
 */
export function describeLaws(title: string, laws: readonly Law[]): void {
  describe(title, function () {
    this.timeout(LAW_TIMEOUT);
    const settings = lawSettings(BUNDLES);
    const outcomes = new Map<Law, Outcome>();

    before('tries the laws', () => {
      for (const [law, outcome] of tryAll(settings, laws)) outcomes.set(law, outcome);
    });

    for (const law of laws) {
      it(law.name, () => {
        const { tally, brokenAt } = outcomes.get(law) as Outcome;
        console.log(`      ${law.name}: ${tally.toString()} (VELRO_SEED=${settings.seed})`);
        if (brokenAt !== undefined) makeSmall(law, settings, brokenAt);
        expect(tally.bundles, 'bundles').to.equal(settings.runs);
        if (law.aboutRequests) expect(tally.requests, 'requests').to.be.at.least(QUESTIONS * settings.runs);
        // Of a handful of bundles nothing more can be expected.
        if (settings.runs < ENOUGH) return;
        expectTried(law, tally, settings);
        law.conclude?.();
      });
    }
  });
}

/** What became of each law; one that was broken is not tried any more. */
export function tryAll({ runs, seed }: LawSettings, laws: readonly Law[]): ReadonlyMap<Law, Outcome> {
  const outcomes = new Map<Law, Outcome>(laws.map((law) => [law, { tally: new Tally() }]));
  let index = 0;
  const property = fc.property(generatedCases(QUESTIONS), (one) => {
    for (const [law, outcome] of outcomes) {
      if (outcome.brokenAt !== undefined) continue;
      outcome.tally.bundles += 1;
      try {
        law.check(one, outcome.tally);
      } catch {
        outcome.brokenAt = index;
      }
    }
    index += 1;
  });
  fc.assert(property, { numRuns: runs, seed });
  return outcomes;
}

/** Throws with the smallest case that breaks the law. */
export function makeSmall(law: Law, { seed }: Pick<LawSettings, 'seed'>, brokenAt: number): void {
  fc.assert(
    fc.property(generatedCases(QUESTIONS), (one) => law.check(one, new Tally())),
    { numRuns: 1, seed, path: String(brokenAt) },
  );
}

/** A law that never met its premise, or only ever saw denials, holds of nothing. */
function expectTried(law: Law, tally: Tally, { runs }: LawSettings): void {
  for (const [what, times] of Object.entries(law.premises))
    expect(tally.count(what), what).to.be.at.least(Math.ceil(times * runs));
  if (law.aboutRequests)
    expect(tally.permits / tally.requests, 'share of permits').to.be.at.least(LEAST_PERMITS);
}
