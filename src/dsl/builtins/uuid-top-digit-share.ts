import { FLOAT, STRING } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidTopDigitShare = defineBuiltin({
  name: 'uuid.top_digit_share',
  parameters: [{ name: 'id', type: STRING }],
  returns: FLOAT,
  purity: 'pure',
  summary:
    'Which share of the 32 digits of a UUID its most frequent digit has, from 0.0625 to 1.0; unknown for what is no UUID.',
  examples: [
    { call: 'uuid.top_digit_share("00000000-0000-0000-0000-000000000000")', result: '1.0' },
    { call: 'uuid.top_digit_share("01234567-89ab-cdef-0123-456789abcdef")', result: '0.0625' },
    { call: 'uuid.top_digit_share("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => uuid?.topDigitShare ?? UNKNOWN),
});
