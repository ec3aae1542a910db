import { BoundedMemo } from './bounded-memo.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Offsets are looked up once for each stretch of this length. */
const STRETCH = HOUR / 4;
/** What a Date can hold. */
const FURTHEST = 8.64e15;

/** How a time zone of the IANA database tells the time. */
interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset by number of the stretch; NaN where it changes within. */
  readonly offsets: BoundedMemo<number, number>;
}

const zones = new BoundedMemo<string, Zone>(256);

/** Why this is no name of a time zone, or undefined. */
export function zoneProblem(name: string): string | undefined {
  return zoneOf(name) === undefined ? `\`${name}\` is no time zone, such as UTC or Europe/Berlin` : undefined;
}

/** The wall clock of a zone as milliseconds, counted as if they were UTC; undefined without such a zone or instant. */
export function localTime(name: string, instant: number): number | undefined {
  if (!(Math.abs(instant) <= FURTHEST - 2 * DAY)) return undefined;
  if (name === 'UTC') return instant;
  const zone = zoneOf(name);
  return zone === undefined ? undefined : instant + offsetAt(zone, instant);
}

/**
 * The first instant after `now` at which `read`, of the wall clock of a zone, gives another answer; daylight saving
 * included. `read` must change at multiples of `unit` milliseconds of the wall clock only; `unit` is at most a day.
 */
export function nextChange(name: string, now: number, unit: number, read: (local: number) => number): number {
  const local = localTime(name, now);
  if (local === undefined) return Number.POSITIVE_INFINITY;
  const before = read(local);
  let from = now;
  // A clock that is put back may meet the same answer again, so that the first boundary need not be a change.
  for (let tries = 0; tries < 8; tries++) {
    const shown = localTime(name, from);
    if (shown === undefined) return Number.POSITIVE_INFINITY;
    const boundary = from + unit - modulo(shown, unit);
    const next = transition(name, from, boundary) ?? boundary;
    const after = localTime(name, next);
    if (after === undefined || read(after) !== before) return next;
    from = next;
  }
  return from;
}

/** Never negative, for any dividend. */
export function modulo(dividend: number, divisor: number): number {
  return ((dividend % divisor) + divisor) % divisor;
}

/** The first instant in (from, to] at which the offset is another than at `from`; a zone changes at most once a day. */
function transition(name: string, from: number, to: number): number | undefined {
  const zone = name === 'UTC' ? undefined : zoneOf(name);
  if (zone === undefined) return undefined;
  const before = offsetAt(zone, from);
  if (offsetAt(zone, to) === before) return undefined;
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function zoneOf(name: string): Zone | undefined {
  let zone = zones.get(name);
  // Names only: what else a runtime may take (`+01:00`, `EST5EDT`-like rules) differs between runtimes.
  if (zone === undefined && /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) {
    try {
      const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
      zone = { format, offsets: new BoundedMemo(512) };
    } catch {
      return undefined;
    }
    zones.set(name, zone);
  }
  return zone;
}

/** Milliseconds to be added to UTC. */
function offsetAt(zone: Zone, instant: number): number {
  const stretch = Math.floor(instant / STRETCH);
  let offset = zone.offsets.get(stretch);
  if (offset === undefined) {
    const start = readOffset(zone.format, stretch * STRETCH);
    const end = readOffset(zone.format, (stretch + 1) * STRETCH - 1);
    offset = start === end ? start : Number.NaN;
    zone.offsets.set(stretch, offset);
  }
  return Number.isNaN(offset) ? readOffset(zone.format, instant) : offset;
}

/** `GMT`, `GMT+05:30`, or with seconds for times before the zone had whole minutes. */
const OFFSET = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const part = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName');
  const match = OFFSET.exec(part?.value ?? '');
  if (match === null) throw new Error(`unexpected offset ${JSON.stringify(part?.value)}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const offset = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1_000;
  return sign === '-' ? -offset : offset;
}
