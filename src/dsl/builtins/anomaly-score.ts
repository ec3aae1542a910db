import { FLOAT } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';

export const anomalyScore = defineBuiltin({
  name: 'anomaly.score',
  parameters: [],
  returns: FLOAT,
  mayBeAbsent: true,
  purity: 'live',
  summary:
    'How far the request is from what is usual for its subject, from 0.0 (usual) to 1.0; absent where no baseline is kept or none is known yet.',
  examples: [{ call: 'anomaly.score()', result: 'absent' }],
});
