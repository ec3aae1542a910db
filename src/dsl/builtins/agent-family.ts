import { STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { findFamily } from './support/user-agent.ts';

export const agentFamily = defineBuiltin({
  name: 'agent.family',
  parameters: [{ name: 'user_agent', type: STRING }],
  returns: STRING,
  mayBeAbsent: true,
  purity: 'pure',
  summary:
    'The family of browsers that a user agent says it belongs to, in lower case; absent where none is recognised, unknown of one of more than 2,048 characters.',
  examples: [
    {
      call: 'agent.family("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")',
      result: '"firefox"',
    },
    { call: 'agent.family("unheard of")', result: 'absent' },
  ],
  evaluate: ([userAgent]) => findFamily(userAgent as string),
});
