import { BOOL } from '../types/types.ts';
import { UNKNOWN, type Value } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { countOf } from './support/count-of.ts';

export const setIsEmpty = defineBuiltin({
  name: 'set.is_empty',
  parameters: [{ name: 'collection', type: { kind: 'anyCollection' } }],
  returns: BOOL,
  purity: 'pure',
  summary:
    'Whether a set, list or map has nothing in it; unknown when it may have elements that are not known.',
  examples: [
    { call: 'set.is_empty({"a"})', result: 'false' },
    { call: 'set.is_empty(["a"])', result: 'false' },
  ],
  evaluate: ([collection]) => {
    const count = countOf(collection as Value);
    return count === undefined ? UNKNOWN : count === 0;
  },
});
