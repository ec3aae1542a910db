import { getParser } from 'bowser';
import { isbot } from 'isbot';
import { TextMemo } from '../../types/text-memo.ts';
import { UNKNOWN, type Unknown } from '../../types/values.ts';

/** The patterns of the recognisers may need more than linear time, so what they are given is bounded. */
const LONGEST_USER_AGENT = 2048;

/** Recognisers take microseconds, and the same browsers come again and again. */
const bots = new TextMemo<boolean>(1024);
const families = new TextMemo<string>(1024);

/** Whether a user agent says that it is a program, or nothing, as no browser does; unknown of one too long to be looked at. */
export function detectBot(text: string): boolean | Unknown {
  if (text.length > LONGEST_USER_AGENT) return UNKNOWN;
  let isBot = bots.get(text);
  if (isBot === undefined) {
    isBot = text.trim() === '' || isbot(text);
    bots.set(text, isBot);
  }
  return isBot;
}

/** The family of browsers that a user agent says it is, in lower case; absent where it is not recognised. */
export function findFamily(text: string): string | undefined | Unknown {
  if (text.length > LONGEST_USER_AGENT) return UNKNOWN;
  // Bowser throws on an empty text, and says '' of what it does not know.
  if (text === '') return undefined;
  let family = families.get(text);
  if (family === undefined) {
    family = getParser(text, true).getBrowserName(true);
    families.set(text, family);
  }
  return family === '' ? undefined : family;
}
