import type { DecisionInput } from '../decision-input.ts';
import { CodeWriter } from './code-writer.ts';

type Answer<Result> = (input: DecisionInput) => Result;

/**
 * Answers by a closure, and once it was asked so often by the function whose statements `write` gives, in processes that
 * make code of text.
 */
export function writtenAfter<Result>(
  writeAfter: number,
  closure: () => Answer<Result>,
  write: (writer: CodeWriter) => string,
): Answer<Result> {
  let asked = 0;
  let answer: Answer<Result> | undefined;
  return (input) => {
    if (asked <= writeAfter) {
      if (asked === writeAfter) answer = (writeFunction(write) as Answer<Result> | undefined) ?? answer;
      answer ??= closure();
      asked += 1;
    }
    return (answer as Answer<Result>)(input);
  };
}

function writeFunction(write: (writer: CodeWriter) => string): Answer<unknown> | undefined {
  const writer = new CodeWriter();
  return writer.functionOf(write(writer));
}
