import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidIsMax = defineBuiltin({
  name: 'uuid.is_max',
  parameters: [{ name: 'id', type: STRING }],
  returns: BOOL,
  purity: 'pure',
  summary: 'Whether a text is the UUID of nothing but the digit f; false for what is no UUID.',
  examples: [
    { call: 'uuid.is_max("ffffffff-ffff-ffff-ffff-ffffffffffff")', result: 'true' },
    { call: 'uuid.is_max("919108f7-52d1-4320-9bac-f847db4148a8")', result: 'false' },
  ],
  ...tellsOfUuid((uuid) => uuid?.isMax ?? false),
});
