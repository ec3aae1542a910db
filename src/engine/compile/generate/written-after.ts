import { CodeWriter, type WriterOptions, type Written } from './code-writer.ts';

/**
 * Answers by a closure, and once it was asked so often by the function whose statements `write` gives, in processes that
 * make code of text.
 */
export function writtenAfter<Result>(
  writeAfter: number,
  closure: () => Written<Result>,
  write: (writer: CodeWriter) => string,
  options?: WriterOptions,
): Written<Result> {
  let asked = 0;
  let answer: Written<Result> | undefined;
  return (input, value) => {
    if (asked <= writeAfter) {
      if (asked === writeAfter)
        answer = (writeFunction(write, options) as Written<Result> | undefined) ?? answer;
      answer ??= closure();
      asked += 1;
    }
    return (answer as Written<Result>)(input, value);
  };
}

function writeFunction(
  write: (writer: CodeWriter) => string,
  options: WriterOptions | undefined,
): Written<unknown> | undefined {
  const writer = new CodeWriter(options);
  return writer.functionOf(write(writer));
}
