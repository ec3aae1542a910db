import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidIsNil = defineBuiltin({
  name: 'uuid.is_nil',
  parameters: [{ name: 'id', type: STRING }],
  returns: BOOL,
  purity: 'pure',
  summary: 'Whether a text is the UUID of nothing but zeros; false for what is no UUID.',
  examples: [
    { call: 'uuid.is_nil("00000000-0000-0000-0000-000000000000")', result: 'true' },
    { call: 'uuid.is_nil("919108f7-52d1-4320-9bac-f847db4148a8")', result: 'false' },
  ],
  ...tellsOfUuid((uuid) => uuid?.isNil ?? false),
});
