import { STRING } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidVariant = defineBuiltin({
  name: 'uuid.variant',
  parameters: [{ name: 'id', type: STRING }],
  returns: STRING,
  purity: 'pure',
  summary:
    'The variant of a UUID, one of "ncs", "rfc" (that of RFC 9562), "microsoft" and "future"; unknown for what is no UUID.',
  examples: [
    { call: 'uuid.variant("919108f7-52d1-4320-9bac-f847db4148a8")', result: '"rfc"' },
    { call: 'uuid.variant("00000000-0000-0000-0000-000000000000")', result: '"ncs"' },
    { call: 'uuid.variant("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => uuid?.variant ?? UNKNOWN),
});
