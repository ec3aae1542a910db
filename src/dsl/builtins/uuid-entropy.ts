import { FLOAT, STRING } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { tellsOfUuid } from './support/tells-of-uuid.ts';

export const uuidEntropy = defineBuiltin({
  name: 'uuid.entropy',
  parameters: [{ name: 'id', type: STRING }],
  returns: FLOAT,
  purity: 'pure',
  summary:
    'The Shannon entropy of the 32 digits of a UUID in bits a digit, from 0.0 (one digit throughout) to 4.0 (all digits equally often); unknown for what is no UUID.',
  examples: [
    { call: 'uuid.entropy("00000000-0000-0000-0000-000000000000")', result: '0.0' },
    { call: 'uuid.entropy("01234567-89ab-cdef-0123-456789abcdef")', result: '4.0' },
    { call: 'uuid.entropy("alice")', result: 'unknown' },
  ],
  ...tellsOfUuid((uuid) => uuid?.entropy ?? UNKNOWN),
});
