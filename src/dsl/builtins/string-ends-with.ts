import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const stringEndsWith = defineBuiltin({
  name: 'string.ends_with',
  parameters: [
    { name: 'text', type: STRING },
    { name: 'end', type: STRING },
  ],
  returns: BOOL,
  purity: 'pure',
  summary: 'Whether a text ends with another; every text ends with the empty one.',
  examples: [
    { call: 'string.ends_with("portrait.png", ".png")', result: 'true' },
    { call: 'string.ends_with("portrait.PNG", ".png")', result: 'false' },
  ],
  evaluate: ([text, end]) => (text as string).endsWith(end as string),
});
