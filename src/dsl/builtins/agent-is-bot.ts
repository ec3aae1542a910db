import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { detectBot } from './support/user-agent.ts';

export const agentIsBot = defineBuiltin({
  name: 'agent.is_bot',
  parameters: [{ name: 'user_agent', type: STRING }],
  returns: BOOL,
  purity: 'pure',
  summary:
    'Whether a user agent calls itself a bot, crawler or script, or is blank; unknown of one of more than 2,048 characters.',
  examples: [
    {
      call: 'agent.is_bot("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")',
      result: 'true',
    },
    {
      call: 'agent.is_bot("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")',
      result: 'false',
    },
    { call: 'agent.is_bot("curl/8.5.0")', result: 'true' },
    { call: 'agent.is_bot("")', result: 'true' },
  ],
  evaluate: ([userAgent]) => detectBot(userAgent as string),
});
