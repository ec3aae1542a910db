import { STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const stringLower = defineBuiltin({
  name: 'string.lower',
  parameters: [{ name: 'text', type: STRING }],
  returns: STRING,
  purity: 'pure',
  summary: 'A text in lower case, by the rules of Unicode that hold in every language.',
  examples: [
    { call: 'string.lower("Image/PNG")', result: '"image/png"' },
    { call: 'string.lower("ÄÖ")', result: '"äö"' },
  ],
  evaluate: ([text]) => (text as string).toLowerCase(),
});
