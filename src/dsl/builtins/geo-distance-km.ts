import { FLOAT, IP } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const geoDistanceKm = defineBuiltin({
  name: 'geo.distance_km',
  parameters: [
    { name: 'from', type: IP },
    { name: 'to', type: IP },
  ],
  returns: FLOAT,
  mayBeAbsent: true,
  purity: 'live',
  summary:
    'How many kilometres apart two addresses are on the ground; absent where the place of either is not known.',
  examples: [{ call: 'geo.distance_km(ip("10.1.2.3"), ip("203.0.113.7"))', result: 'absent' }],
});
