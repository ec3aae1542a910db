import { BOOL, IP } from '../types/types.ts';
import type { IpAddress } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { networksOf } from './support/networks-of.ts';

const isInside = networksOf(['127.0.0.0/8', '::1/128']);

export const ipIsLoopback = defineBuiltin({
  name: 'ip.is_loopback',
  parameters: [{ name: 'address', type: IP }],
  returns: BOOL,
  purity: 'pure',
  summary: 'Whether an address is the machine itself: 127.0.0.0/8 or ::1.',
  examples: [
    { call: 'ip.is_loopback(ip("127.0.0.1"))', result: 'true' },
    { call: 'ip.is_loopback(ip("::1"))', result: 'true' },
    { call: 'ip.is_loopback(ip("10.1.2.3"))', result: 'false' },
  ],
  evaluate: ([address]) => isInside(address as IpAddress),
});
