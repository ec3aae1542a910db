import { INT } from '../types/types.ts';
import { UNKNOWN, type Value } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { countOf } from './support/count-of.ts';

export const setSize = defineBuiltin({
  name: 'set.size',
  parameters: [{ name: 'collection', type: { kind: 'anyCollection' } }],
  returns: INT,
  purity: 'pure',
  summary:
    'How many elements a set or list or keys a map has; unknown when it may have others that are not known.',
  examples: [
    { call: 'set.size({"a", "b"})', result: '2' },
    { call: 'set.size(["a", "a"])', result: '2' },
  ],
  evaluate: ([collection]) => countOf(collection as Value) ?? UNKNOWN,
});
