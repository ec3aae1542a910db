import { INVISIBLE_CHARACTER } from '../source/invisible-characters.ts';

/**
 * Characters that a source text may not hold as they are; JSON leaves some of them unescaped. Joiners and variation
 * selectors after them would come to stand after an escape, which is ASCII.
 */
const HIDDEN = new RegExp(
  `(?:${INVISIBLE_CHARACTER})[\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]*`,
  'gu',
);

/** A string literal with this value. */
export function quote(value: string): string {
  return JSON.stringify(value).replace(HIDDEN, escape);
}

function escape(text: string): string {
  let escaped = '';
  for (let at = 0; at < text.length; at++)
    escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return escaped;
}

/** True when the value can stand in `r"…"`: backslashes and tabs are all that quoting would escape. */
export function canBeRaw(value: string): boolean {
  return quote(value) === `"${value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t')}"`;
}
