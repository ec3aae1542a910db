/**
 * So often code that serves everything answers before a function is written for what is asked. Writing costs as much as
 * some hundred answers, so that it pays neither for what is hardly ever asked nor for a process that answers once.
 */
export const WRITE_AFTER = 200;

/**
 * Writes one function. Its text is to be made of nothing but templates: whatever comes from a policy, names of
 * attributes included, is bound to a parameter and never becomes text.
 */
export class FunctionWriter {
  readonly #names = new Map<unknown, string>();

  /** The name of a parameter that has this value. */
  bind(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) this.#names.set(value, (name = `k${this.#names.size}`));
    return name;
  }

  /** The function with these parameters and statements, which may call these helpers; undefined in a process that makes no code of text. */
  make(
    parameters: string,
    statements: string,
    helpers: readonly string[] = [],
  ): ((...given: readonly never[]) => unknown) | undefined {
    const text = `'use strict';\n${helpers.join('\n')}\nreturn function (${parameters}) {\n${statements}\n};`;
    try {
      // oxlint-disable-next-line typescript/no-implied-eval -- nothing of a policy is in the text
      const make = new Function(...this.#names.values(), text) as (
        ...bound: readonly unknown[]
      ) => (...given: readonly never[]) => unknown;
      return make(...this.#names.keys());
    } catch (error) {
      // `--disallow-code-generation-from-strings`
      if (error instanceof EvalError) return undefined;
      throw error;
    }
  }
}
