import { STRING, TIME } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidTimestamp = defineBuiltin({
  name: 'uuid.timestamp',
  parameters: [{ name: 'id', type: STRING }],
  returns: TIME,
  mayBeAbsent: true,
  purity: 'pure',
  summary:
    'When a UUID of version 1, 6 or 7 says that it was made; absent for other versions and variants, unknown for what is no UUID.',
  examples: [
    {
      call: 'uuid.timestamp("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")',
      result: 'time("2022-02-22T19:22:22Z")',
    },
    {
      call: 'uuid.timestamp("C232AB00-9414-11EC-B3C8-9F6BDECED846")',
      result: 'time("2022-02-22T19:22:22Z")',
    },
    { call: 'uuid.timestamp("919108f7-52d1-4320-9bac-f847db4148a8")', result: 'absent' },
    { call: 'uuid.timestamp("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => (uuid === undefined ? UNKNOWN : uuid.timestamp)),
});
