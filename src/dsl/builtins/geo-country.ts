import { IP, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const geoCountry = defineBuiltin({
  name: 'geo.country',
  parameters: [{ name: 'address', type: IP }],
  returns: STRING,
  mayBeAbsent: true,
  purity: 'live',
  summary:
    'The country of an address, in the two capital letters of ISO 3166-1; absent where none is known, as for private addresses.',
  examples: [{ call: 'geo.country(ip("10.1.2.3"))', result: 'absent' }],
});
