import type { Finding } from '../../../dsl/builtins/builtin.ts';
import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { FunctionWriter } from '../../../dsl/function-writer.ts';
import { UNKNOWN, type Value } from '../../../dsl/types/values.ts';
import type { DecisionInput } from '../decision-input.ts';
import { pathName } from '../remembered-path.ts';
import type { Size } from './size-of.ts';

/** V8 does not optimize a function whose code is too long, so what has no room is left to closures. */
const MOST_NODES = 1_000;
/** Reading text that is nested deeper takes much of the stack. */
const DEEPEST = 32;

/** What can be written as a part of a function. */
export interface Part {
  write(writer: CodeWriter): string;
}

/** Answers for a decision; where the value of a path is given, for any decision in which the path has it. */
export type Written<Result> = (input: DecisionInput, given?: Value) => Result;

/** What kind of function is written. */
export interface WriterOptions {
  /** A path whose value the function is given. */
  readonly given?: CheckedExpression | undefined;
  /** Whether the function notes in the input (`metUnknown`) where the two formulas of what it asks may differ. */
  readonly notesUnknown?: boolean;
}

/** Writes one function of `input`, or of `input` and the value of a path, which is then `given` and not missing. */
export class CodeWriter extends FunctionWriter {
  readonly #given: string | undefined;
  readonly #notesUnknown: boolean;
  readonly #found = new Map<Finding['find'], string>();
  readonly #locals = new Map<number, string>();
  readonly #helpers: string[] = [];
  #temporaries = 0;
  #mostTemporaries = 0;
  #nodesLeft = MOST_NODES;

  constructor({ given, notesUnknown = false }: WriterOptions = {}) {
    super();
    this.#given = given === undefined ? undefined : pathName(given);
    this.#notesUnknown = notesUnknown;
  }

  /** Whether the value of a path is given. */
  get hasGiven(): boolean {
    return this.#given !== undefined;
  }

  /** Whether it is the path whose value is given. */
  isGiven(expression: CheckedExpression): boolean {
    if (expression.kind !== 'attribute' && expression.kind !== 'identifier') return false;
    return this.#given !== undefined && pathName(expression) === this.#given;
  }

  /** A variable with what is found of the given value, once for all that ask. */
  foundOfGiven(find: Finding['find']): string {
    let name = this.#found.get(find);
    if (name === undefined) this.#found.set(find, (name = `found${this.#found.size}`));
    return name;
  }

  /** What a quantifier's variable is while `write` writes. */
  withLocal(slot: number, text: string, write: () => string): string {
    this.#locals.set(slot, text);
    const written = write();
    this.#locals.delete(slot);
    return written;
  }

  /** What a quantifier's variable is; undefined where closures know. */
  local(slot: number): string | undefined {
    return this.#locals.get(slot);
  }

  /** Whether there is room for an expression of this size; then it is taken. */
  takes({ nodes, depth }: Size): boolean {
    if (nodes > this.#nodesLeft || depth > DEEPEST) return false;
    this.#nodesLeft -= nodes;
    return true;
  }

  /** A variable of this part. */
  temporary(): string {
    this.#temporaries += 1;
    this.#mostTemporaries = Math.max(this.#mostTemporaries, this.#temporaries);
    return `t${this.#temporaries}`;
  }

  /** The text of a part that leaves nothing in variables for others. */
  part(part: Part): string {
    this.#temporaries = 0;
    return part.write(this);
  }

  /** The name of a function of its own of `input` and these parameters, with variables of its own. */
  helper(parameters: string, write: () => string): string {
    const [temporaries, mostTemporaries] = [this.#temporaries, this.#mostTemporaries];
    const locals = new Map(this.#locals);
    [this.#temporaries, this.#mostTemporaries] = [0, 0];
    // Variables of the function around it are not its own: what they stand for is in the input.
    for (const slot of locals.keys()) this.#locals.set(slot, `input.locals[${slot}]`);
    const statements = write();
    const text = `${this.#declarations()}${statements}`;
    [this.#temporaries, this.#mostTemporaries] = [temporaries, mostTemporaries];
    for (const [slot, name] of locals) this.#locals.set(slot, name);
    const name = `helper${this.#helpers.length}`;
    this.#helpers.push(`function ${name}(input, ${parameters}) {\n${text}\n}`);
    return name;
  }

  /** A condition that is false where it is unknown. */
  orUnknown(condition: string): string {
    return this.#notesUnknown ? `(${condition} || (input.metUnknown = true, false))` : condition;
  }

  /** A condition that is true where it is unknown. */
  andUnknown(condition: string): string {
    return this.#notesUnknown ? `(${condition} && (input.metUnknown = true))` : condition;
  }

  isMissing(variable: string): string {
    return `(${variable} === undefined || ${variable} === ${this.bind(UNKNOWN)})`;
  }

  isKnown(variable: string): string {
    return `(${variable} !== undefined && ${variable} !== ${this.bind(UNKNOWN)})`;
  }

  /** The function with these statements; undefined in a process that makes no code of text. */
  functionOf(statements: string): Written<unknown> | undefined {
    const found = [...this.#found].map(([find, name]) => `const ${name} = ${this.bind(find)}(given);\n`);
    const text = `${this.#declarations()}${found.join('')}${statements}`;
    return this.make('input, given', text, this.#helpers) as Written<unknown> | undefined;
  }

  #declarations(): string {
    const variables = Array.from({ length: this.#mostTemporaries }, (_, index) => `t${index + 1}`);
    return variables.length === 0 ? '' : `let ${variables.join(', ')};\n`;
  }
}
