import { networkContains, parseIp, parseNetwork } from '../../src/dsl/types/parse-ip.ts';
import { parseTime } from '../../src/dsl/types/parse-time.ts';
import { type IpAddress, type IpNetwork, UNKNOWN } from '../../src/dsl/types/values.ts';
import type { Circumstances, JsonObject } from '../../src/engine/decide/types.ts';
import { type Answer, forbid } from './answer.ts';

const CLOCK_SKEW = 5_000;
const MINUTE = 60_000;
const SESSION_LIFETIME = 12 * 60 * MINUTE;
const SESSION_IDLE_TIME = 30 * MINUTE;
const STRONG_AUTHENTICATION_LIFETIME = 15 * MINUTE;

const BLOCKED_NETWORKS = [
  '0.0.0.0/8',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '240.0.0.0/4',
  '100::/64',
  '2001:db8:bad::/48',
].map((text) => parseNetwork(text) as IpNetwork);
const EMBARGOED: ReadonlySet<unknown> = new Set(['CU', 'IR', 'KP']);

const INSECURE = forbid('security_context.insecure_connection', 'the connection is not encrypted');
const BLOCKED = forbid('security_context.blocked_network', 'the request comes from a blocked network');
const EMBARGO = forbid(
  'security_context.embargoed_country',
  'the platform does not serve the country that the request comes from',
);
const EXPIRED = forbid(
  'security_context.session_expired',
  'the session is older than 12 hours',
  'reauthenticate',
);
const IDLE = forbid(
  'security_context.session_idle',
  'the session was idle for more than 30 minutes',
  'reauthenticate',
);
const ADDRESS_CHANGED = forbid(
  'security_context.address_changed',
  'the address changed within the session',
  'reauthenticate',
);
const AGENT_CHANGED = forbid(
  'security_context.user_agent_changed',
  'the user agent changed within the session',
  'reauthenticate',
);
const WEAK = forbid(
  'security_context.weak_authentication',
  'the action needs strong authentication within the last 15 minutes',
  'step_up',
);

/** What a request says of its circumstances, as far as it can be read; undefined for the rest. */
export interface ReadContext {
  readonly ip: IpAddress | undefined;
  readonly userAgent: string | undefined;
  readonly tls: boolean;
  readonly sessionId: unknown;
  readonly startedAt: number | undefined;
  readonly lastActiveAt: number | undefined;
  readonly sessionIp: IpAddress | undefined;
  readonly sessionUserAgent: string | undefined;
  readonly mfaAt: number | undefined;
  readonly token: string | undefined;
  readonly method: string | undefined;
  readonly ticket: string | undefined;
}

const NO_SESSION: JsonObject = {};

export function readContext(context: JsonObject | undefined): ReadContext {
  const given = context ?? NO_SESSION;
  const session = objectOf(given['session']);
  return {
    ip: ipOf(given['ip']),
    userAgent: textOf(given['user_agent']),
    tls: given['tls'] === true,
    sessionId: session['id'],
    startedAt: timeOf(session['started_at']),
    lastActiveAt: timeOf(session['last_active_at']),
    sessionIp: ipOf(session['ip']),
    sessionUserAgent: textOf(session['user_agent']),
    mfaAt: timeOf(session['mfa_at']),
    token: textOf(given['token']),
    method: textOf(given['method']),
    ticket: textOf(objectOf(given['emergency'])['ticket']),
  };
}

function objectOf(json: unknown): JsonObject {
  return typeof json === 'object' && json !== null ? (json as JsonObject) : NO_SESSION;
}

function ipOf(json: unknown): IpAddress | undefined {
  return typeof json === 'string' ? parseIp(json) : undefined;
}

function timeOf(json: unknown): number | undefined {
  return typeof json === 'string' ? parseTime(json) : undefined;
}

function textOf(json: unknown): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

function isRecent(at: number | undefined, within: number, now: number): boolean {
  return at !== undefined && at >= now - within && at <= now + CLOCK_SKEW;
}

/** Layer 4. */
export function checkSecurityContext(
  context: ReadContext,
  isSensitive: boolean,
  { world }: Circumstances,
  about: Parameters<NonNullable<(typeof world.sources)[string]>>[1],
): Answer | undefined {
  const { now } = world;
  if (!context.tls) return INSECURE;
  const { ip } = context;
  if (ip === undefined || BLOCKED_NETWORKS.some((network) => networkContains(network, ip))) return BLOCKED;
  const countryOf = world.sources['geo.country'];
  if (countryOf !== undefined) {
    const country = countryOf([ip], about);
    if (country === UNKNOWN || EMBARGOED.has(country)) return EMBARGO;
  }
  if (!isRecent(context.startedAt, SESSION_LIFETIME, now)) return EXPIRED;
  if (!isRecent(context.lastActiveAt, SESSION_IDLE_TIME, now)) return IDLE;
  if (!isSensitive) return undefined;
  if (context.sessionIp === undefined || ip.text !== context.sessionIp.text) return ADDRESS_CHANGED;
  if (context.userAgent === undefined || context.userAgent !== context.sessionUserAgent) return AGENT_CHANGED;
  return isRecent(context.mfaAt, STRONG_AUTHENTICATION_LIFETIME, now) ? undefined : WEAK;
}
