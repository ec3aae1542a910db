import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const stringStartsWith = defineBuiltin({
  name: 'string.starts_with',
  parameters: [
    { name: 'text', type: STRING },
    { name: 'start', type: STRING },
  ],
  returns: BOOL,
  purity: 'pure',
  summary: 'Whether a text starts with another; every text starts with the empty one.',
  examples: [
    { call: 'string.starts_with("image/png", "image/")', result: 'true' },
    { call: 'string.starts_with("Image/png", "image/")', result: 'false' },
  ],
  evaluate: ([text, start]) => (text as string).startsWith(start as string),
});
