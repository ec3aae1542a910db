import { createReadStream } from 'node:fs';

/** One line of a file, without its line break. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False of the last one when no line break ends it. */
  readonly isWhole: boolean;
}

/** Lines that do not fit: longer than allowed, or not UTF-8. */
export class LineError extends Error {
  override readonly name = 'LineError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** The lines of a UTF-8 file as they are read; `\n` and `\r\n` end a line, and an empty rest is none. */
export function readLines(path: string, maximumLength?: number): AsyncGenerator<Line> {
  return linesOf(createReadStream(path) as AsyncIterable<Uint8Array>, maximumLength);
}

/** The lines of UTF-8 as it comes; `\n` and `\r\n` end a line, and an empty rest is none. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maximumLength = Number.POSITIVE_INFINITY,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let rest = '';
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new LineError(number + 1, 'this or one of the next lines is not UTF-8');
    }
  };
  for await (const chunk of chunks) {
    // Only what is new is searched: a long line comes in many chunks.
    const pieces = decode(chunk).split('\n');
    const begun = pieces.pop() ?? '';
    for (const piece of pieces) {
      const text = rest + piece;
      rest = '';
      number += 1;
      if (text.length > maximumLength)
        throw new LineError(number, `the line has more than ${maximumLength} characters`);
      yield { number, text: text.endsWith('\r') ? text.slice(0, -1) : text, isWhole: true };
    }
    rest += begun;
    if (rest.length > maximumLength)
      throw new LineError(number + 1, `the line has more than ${maximumLength} characters`);
  }
  rest += decode();
  if (rest !== '') yield { number: number + 1, text: rest, isWhole: false };
}
