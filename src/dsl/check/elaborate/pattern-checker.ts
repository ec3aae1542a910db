import { RE2JS } from 're2js';

/** A pattern has at most so many characters, … */
const MAXIMUM_LENGTH = 1000;
/** … and so many steps once its repetitions are spelt out: at each character of a text all of them may be taken. */
const MAXIMUM_STEPS = 1000;
/** The patterns of a bundle have at most so many steps together: they are compiled, and kept. */
const MAXIMUM_STEPS_TOGETHER = 100_000;

/** Says of each pattern of one bundle whether it is valid and small enough. */
export class PatternChecker {
  readonly #problems = new Map<string, string | undefined>();
  #steps = 0;

  /** What is wrong with a pattern, if anything. */
  problemOf(pattern: string): string | undefined {
    if (pattern.length > MAXIMUM_LENGTH) return `it is longer than ${MAXIMUM_LENGTH} characters`;
    if (this.#problems.has(pattern)) return this.#problems.get(pattern);
    const problem = this.#compile(pattern);
    this.#problems.set(pattern, problem);
    return problem;
  }

  #compile(pattern: string): string | undefined {
    const together = `the patterns of the bundle have more than ${MAXIMUM_STEPS_TOGETHER} steps together`;
    if (this.#steps > MAXIMUM_STEPS_TOGETHER) return together;
    try {
      const steps = RE2JS.compile(pattern).programSize();
      this.#steps += steps;
      if (steps > MAXIMUM_STEPS)
        return `with its repetitions spelt out it has more than ${MAXIMUM_STEPS} steps`;
      return this.#steps > MAXIMUM_STEPS_TOGETHER ? together : undefined;
    } catch (error) {
      return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    }
  }
}
