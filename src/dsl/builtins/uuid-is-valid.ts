import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidIsValid = defineBuiltin({
  name: 'uuid.is_valid',
  parameters: [{ name: 'id', type: STRING }],
  returns: BOOL,
  purity: 'pure',
  summary:
    'Whether a text is spelled as a UUID, 8-4-4-4-12 hex digits of either case, whatever its version and variant.',
  examples: [
    { call: 'uuid.is_valid("919108f7-52d1-4320-9bac-f847db4148a8")', result: 'true' },
    { call: 'uuid.is_valid("919108f7-52d1-4320-9bac-f847db4148a")', result: 'false' },
    { call: 'uuid.is_valid("alice")', result: 'false' },
  ],
  ...tellsOfUuid((uuid) => uuid !== undefined),
});
