import { parseJson } from '../json/parse-json.ts';
import { Problem } from './problem.ts';

/** Arrays and objects nest at most so deep in a request. */
export const MAXIMUM_DEPTH = 32;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The JSON value of a body; throws a `Problem` for what is not UTF-8, no JSON, nested too deep or has a key twice. */
export function parseBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'the text is not UTF-8');
  }
  const parsed = parseJson(text, MAXIMUM_DEPTH);
  if (parsed.ok) return parsed.value;
  throw new Problem(parsed.problem === 'too deep' ? 'nesting_too_deep' : 'malformed_json', parsed.detail);
}
