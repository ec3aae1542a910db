import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { CodeWriter, type Written } from './code-writer.ts';

/**
 * Answers by a closure, and once it was asked so often by the function whose statements `write` gives, in processes that
 * make code of text. With `given` it is asked with the value of that path.
 */
export function writtenAfter<Result>(
  writeAfter: number,
  closure: () => Written<Result>,
  write: (writer: CodeWriter) => string,
  given?: CheckedExpression,
): Written<Result> {
  let asked = 0;
  let answer: Written<Result> | undefined;
  return (input, value) => {
    if (asked <= writeAfter) {
      if (asked === writeAfter)
        answer = (writeFunction(write, given) as Written<Result> | undefined) ?? answer;
      answer ??= closure();
      asked += 1;
    }
    return (answer as Written<Result>)(input, value);
  };
}

function writeFunction(
  write: (writer: CodeWriter) => string,
  given: CheckedExpression | undefined,
): Written<unknown> | undefined {
  const writer = new CodeWriter(given);
  return writer.functionOf(write(writer));
}
