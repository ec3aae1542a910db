import { BOOL, IP } from '../types/types.ts';
import type { IpAddress } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { networksOf } from './support/networks-of.ts';

const isInside = networksOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]);

export const ipIsPrivate = defineBuiltin({
  name: 'ip.is_private',
  parameters: [{ name: 'address', type: IP }],
  returns: BOOL,
  purity: 'pure',
  summary:
    'Whether an address is for private networks or links: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, 169.254.0.0/16 or fe80::/10; not so loopback addresses and those shared by carriers (100.64.0.0/10).',
  examples: [
    { call: 'ip.is_private(ip("10.1.2.3"))', result: 'true' },
    { call: 'ip.is_private(ip("fd12:3456::1"))', result: 'true' },
    { call: 'ip.is_private(ip("203.0.113.7"))', result: 'false' },
    { call: 'ip.is_private(ip("127.0.0.1"))', result: 'false' },
  ],
  evaluate: ([address]) => isInside(address as IpAddress),
});
