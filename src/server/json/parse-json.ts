import { countMembers, scanJson } from './scan-json.ts';

/** Why a text is not taken. */
export interface JsonRefusal {
  readonly ok: false;
  readonly problem: 'malformed' | 'too deep';
  /** A sentence without the text itself, which may hold secrets. */
  readonly detail: string;
}

/** The value of a JSON text that nests at most so deep and has no key twice in an object. */
export function parseJson(
  text: string,
  maximumDepth: number,
): { readonly ok: true; readonly value: unknown } | JsonRefusal {
  if (text.trim() === '') return { ok: false, problem: 'malformed', detail: 'the text is empty' };
  const scan = scanJson(text);
  // Before parsing: a parser that recurses must not be the one to find out.
  if (scan.depth > maximumDepth) {
    return { ok: false, problem: 'too deep', detail: `arrays and objects may nest ${maximumDepth} deep` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: 'malformed', detail: positionOf(error as SyntaxError) };
  }
  // Of two equal keys a parser keeps one, and another reader of the same text perhaps the other.
  if (countMembers(value) !== scan.members) {
    return { ok: false, problem: 'malformed', detail: 'an object has the same key twice' };
  }
  return { ok: true, value };
}

function positionOf({ message }: SyntaxError): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `the text is not JSON at character ${Number(position) + 1}`;
  return message.includes('end of JSON') ? 'the text ends too early' : 'the text is not JSON';
}
