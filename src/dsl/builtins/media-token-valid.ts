import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const mediaTokenValid = defineBuiltin({
  name: 'media.token_valid',
  parameters: [
    { name: 'token', type: STRING },
    { name: 'method', type: STRING },
    { name: 'path', type: STRING },
    { name: 'subject', type: STRING },
  ],
  returns: BOOL,
  mayBeAbsent: true,
  purity: 'live',
  summary:
    'Whether a token was signed for this method, path and subject and has not expired; absent where no signing keys are configured.',
  examples: [{ call: 'media.token_valid("v1.none.0.none", "GET", "/media/7", "alice")', result: 'absent' }],
});
