import { FLOAT, IP, TIME } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { recordType } from './support/record-type.ts';

export const geoSpeedKmh = defineBuiltin({
  name: 'geo.speed_kmh',
  parameters: [
    {
      name: 'seen',
      type: recordType({ ip: IP, at: TIME }),
    },
    { name: 'address', type: IP },
  ],
  returns: FLOAT,
  mayBeAbsent: true,
  purity: 'live',
  summary:
    'How fast, in kilometres an hour, one would have travelled from where and when one was seen to an address now; absent where either place is not known.',
  examples: [{ call: 'geo.speed_kmh(subject.last_seen, ip("203.0.113.7"))', result: 'absent' }],
});
