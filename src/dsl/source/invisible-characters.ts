/**
 * Characters that no reader sees and that may change what is seen: controls other than tab and line breaks, a lone
 * carriage return, line and paragraph separators, marks that turn the direction of text, blanks of no width, letters that
 * look like nothing, tags, and halves of pairs. Joiners and variation selectors are writing in some scripts and in emoji;
 * after a character of ASCII they only hide.
 */
export const INVISIBLE_CHARACTER: string = [
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]',
  '\\r(?!\\n)',
  '[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f]',
  '[\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e007f}]',
  '(?<=[\\u0000-\\u007f])[\\u200c\\u200d]',
  '(?<=[\\u0000-\\u007f])(?!\\ufe0f\\u20e3)[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  '\\p{Cs}',
].join('|');

/** `U+202E`, as people write a character that cannot be seen. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
}
