import { parseDuration } from '../types/parse-duration.ts';
import { parseIp, parseNetwork } from '../types/parse-ip.ts';
import { parseTime } from '../types/parse-time.ts';
import { parseUuid } from '../types/parse-uuid.ts';
import type { Type } from '../types/types.ts';
import type { Value } from '../types/values.ts';

/** Types whose values are written as text: in rules as `ip("…")`, in facts and fixtures as a plain string. */
export type TextKind = 'ip' | 'cidr' | 'time' | 'uuid' | 'duration';

const PARSERS: {
  readonly [K in TextKind]: { readonly parse: (text: string) => Value | undefined; readonly shape: string };
} = {
  ip: { parse: parseIp, shape: 'an address such as 203.0.113.7 or 2001:db8::1 was expected' },
  cidr: { parse: parseNetwork, shape: 'a network such as 10.0.0.0/8 was expected' },
  time: { parse: parseTime, shape: 'a time such as 2026-01-05T10:00:00Z was expected' },
  uuid: { parse: parseUuid, shape: 'a UUID such as 018f2d6e-7c1a-7b3e-9a51-3c5d2b7e4f10 was expected' },
  duration: { parse: parseDuration, shape: 'a duration such as 15m or PT15M was expected' },
};

export function isTextKind(kind: Type['kind']): kind is TextKind {
  return Object.hasOwn(PARSERS, kind);
}

/** The value that a text stands for, or why it stands for none. */
export function parseScalar(
  kind: TextKind,
  text: string,
): { readonly value: Value } | { readonly problem: string } {
  const { parse, shape } = PARSERS[kind];
  const value = parse(text);
  return value === undefined
    ? { problem: `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}" (${shape})` }
    : { value };
}
