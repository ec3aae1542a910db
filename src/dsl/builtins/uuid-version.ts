import { INT, STRING } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidVersion = defineBuiltin({
  name: 'uuid.version',
  parameters: [{ name: 'id', type: STRING }],
  returns: INT,
  purity: 'pure',
  summary: 'The version in the 13th digit of a UUID, 0 to 15; unknown for what is no UUID.',
  examples: [
    { call: 'uuid.version("919108f7-52d1-4320-9bac-f847db4148a8")', result: '4' },
    { call: 'uuid.version("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")', result: '7' },
    { call: 'uuid.version("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => uuid?.version ?? UNKNOWN),
});
