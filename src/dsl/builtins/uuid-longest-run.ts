import { INT, STRING } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidLongestRun = defineBuiltin({
  name: 'uuid.longest_run',
  parameters: [{ name: 'id', type: STRING }],
  returns: INT,
  purity: 'pure',
  summary:
    'How many of the 32 digits of a UUID its longest run has: neighbours, hyphens left out, that count up (f is followed by 0), count down (0 is followed by f) or are all equal; unknown for what is no UUID.',
  examples: [
    { call: 'uuid.longest_run("01234567-89ab-4cde-8f01-3579bdf13579")', result: '12' },
    { call: 'uuid.longest_run("00000000-0000-0000-0000-000000000000")', result: '32' },
    { call: 'uuid.longest_run("919108f7-52d1-4320-9bac-f847db4148a8")', result: '3' },
    { call: 'uuid.longest_run("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => uuid?.longestRun ?? UNKNOWN),
});
