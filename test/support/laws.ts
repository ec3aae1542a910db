import fc from 'fast-check';

/** What a law is tried on when nothing is said: the same cases each time, so that a run can be trusted to repeat. */
export const PLAIN_SEED = 20_260_105;

export interface LawSettings {
  readonly runs: number;
  readonly seed: number;
}

/**
 * How often to try a law: `runs` times, or `VELRO_LAWS=N` times. The seed is `VELRO_SEED`; without one it is fixed,
 * or taken from the clock when `VELRO_LAWS` asks for more than the suite tries.
 */
export function lawSettings(runs: number): LawSettings {
  const { VELRO_LAWS: more, VELRO_SEED: seed } = process.env;
  const wanted = more === undefined ? runs : whole('VELRO_LAWS', more);
  if (seed !== undefined) return { runs: wanted, seed: whole('VELRO_SEED', seed) };
  return { runs: wanted, seed: more === undefined ? PLAIN_SEED : Date.now() % 2 ** 31 };
}

/** Tries a law and says with which seed. */
export function assertLaw<T>(
  name: string,
  runs: number,
  arbitrary: fc.Arbitrary<T>,
  law: (value: T) => void,
): void {
  const settings = lawSettings(runs);
  console.log(`      ${name}: ${settings.runs} cases, VELRO_SEED=${settings.seed}`);
  fc.assert(
    fc.property(arbitrary, (value) => {
      law(value);
    }),
    { numRuns: settings.runs, seed: settings.seed },
  );
}

/** Time for a law that is tried more often than usual, and for making a failure small. */
export const LAW_TIMEOUT: number = process.env['VELRO_LAWS'] === undefined ? 900_000 : 0;

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${name} is no whole number from 1 on: ${text}`);
  return value;
}
