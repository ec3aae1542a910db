import { INVISIBLE_CHARACTER } from './invisible-characters.ts';

/** What a terminal obeys instead of showing it, and what it shows as nothing; joiners and variation selectors too. */
export const HIDDEN_CHARACTER: string = `[\\u0000-\\u001f\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]|${INVISIBLE_CHARACTER}`;

const HIDDEN = new RegExp(HIDDEN_CHARACTER, 'gu');

/** A text that a terminal shows as it is: no policy may move the cursor or turn the direction of what is printed. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, '\uFFFD');
}
