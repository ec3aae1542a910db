/** Characters that a source text may not hold as they are; JSON leaves some of them unescaped. */
const HIDDEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A string literal with this value. */
export function quote(value: string): string {
  return JSON.stringify(value).replace(HIDDEN, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** True when the value can stand in `r"…"`: backslashes and tabs are all that quoting would escape. */
export function canBeRaw(value: string): boolean {
  return quote(value) === `"${value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t')}"`;
}
