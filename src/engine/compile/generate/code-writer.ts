import { FunctionWriter } from '../../../dsl/function-writer.ts';
import { UNKNOWN } from '../../../dsl/types/values.ts';
import type { DecisionInput } from '../decision-input.ts';
import type { Size } from './size-of.ts';

/** V8 does not optimize a function whose code is too long, so what has no room is left to closures. */
const MOST_NODES = 1_000;
/** Reading text that is nested deeper takes much of the stack. */
const DEEPEST = 32;

/** What can be written as a part of a function. */
export interface Part {
  write(writer: CodeWriter): string;
}

/** Writes one function of `input`. */
export class CodeWriter extends FunctionWriter {
  #temporaries = 0;
  #mostTemporaries = 0;
  #nodesLeft = MOST_NODES;

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

  isMissing(variable: string): string {
    return `(${variable} === undefined || ${variable} === ${this.bind(UNKNOWN)})`;
  }

  isKnown(variable: string): string {
    return `(${variable} !== undefined && ${variable} !== ${this.bind(UNKNOWN)})`;
  }

  /** The function with these statements; undefined in a process that makes no code of text. */
  functionOf(statements: string): ((input: DecisionInput) => unknown) | undefined {
    const variables = Array.from({ length: this.#mostTemporaries }, (_, index) => `t${index + 1}`);
    const declared = variables.length === 0 ? '' : `let ${variables.join(', ')};\n`;
    return this.make('input', `${declared}${statements}`) as ((input: DecisionInput) => unknown) | undefined;
  }
}
