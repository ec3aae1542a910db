import { INT, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const stringLength = defineBuiltin({
  name: 'string.length',
  parameters: [{ name: 'text', type: STRING }],
  returns: INT,
  purity: 'pure',
  summary: 'How many characters a text has, in code points of Unicode.',
  examples: [
    { call: 'string.length("velro")', result: '5' },
    { call: 'string.length("")', result: '0' },
    { call: 'string.length("\\ud83d\\ude00")', result: '1' },
  ],
  evaluate: ([text]) => countCodePoints(text as string),
});

/** A surrogate pair is one code point, and so is a surrogate alone. */
function countCodePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.codePointAt(at) as number) > 0xffff) at++;
    count++;
  }
  return count;
}
