const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const PLUS = 0x2b;
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * Milliseconds since the epoch of a time in RFC 3339, or undefined. Seconds and the colon of the offset may be missing,
 * fractions of a millisecond are cut off, dates that do not exist and leap seconds are refused.
 */
export function parseTime(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (year < 0 || month < 1 || day < 1) return undefined;
  const date = year * 10_000 + month * 100 + day;
  if (date !== lastRead) {
    if (month > 12 || day > daysIn(year, month)) return undefined;
    lastRead = date;
    lastReadDays = daysSinceEpoch(year, month, day);
  }
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined;
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  if (!isSeparator(text.charCodeAt(10)) || text.charCodeAt(13) !== COLON) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return undefined;
  let at = 16;
  let milliseconds = 0;
  if (text.charCodeAt(at) === COLON) {
    const second = digits(text, 17, 2);
    if (second < 0 || second > 59) return undefined;
    milliseconds = second * 1000;
    at = 19;
    if (text.charCodeAt(at) === DOT) {
      const end = endOfDigits(text, at + 1);
      const places = end - at - 1;
      if (places < 1 || places > 9) return undefined;
      milliseconds +=
        places >= 3 ? digits(text, at + 1, 3) : digits(text, at + 1, places) * (places === 1 ? 100 : 10);
      at = end;
    }
  }
  const offset = offsetAt(text, at);
  if (offset === undefined) return undefined;
  return lastReadDays * DAY + (hour * 60 + minute - offset) * MINUTE + milliseconds;
}

/** Most times that are read are of one day: its digits as a number, and its days since the epoch. */
let lastRead = Number.NaN;
let lastReadDays = 0;

/** A time as RFC 3339 in UTC, milliseconds only where there are any; times beyond the years 0 to 9999 as a number. */
export function formatTime(milliseconds: number): string {
  if (!(milliseconds >= -62_167_219_200_000 && milliseconds <= 253_402_300_799_999))
    return String(milliseconds);
  const whole = Math.trunc(milliseconds);
  const day = Math.floor(whole / DAY);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(day * DAY).toISOString().slice(0, 11);
  }
  const ofDay = whole - day * DAY;
  const second = Math.floor(ofDay / 1000);
  const minute = Math.floor(second / 60);
  const time = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:${twoDigits(second % 60)}`;
  const rest = ofDay - second * 1000;
  return rest === 0 ? `${lastDate}${time}Z` : `${lastDate}${time}.${String(rest).padStart(3, '0')}Z`;
}

/** Most times that are written are of one day. */
let lastDay = Number.NaN;
let lastDate = '';

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** `T`, `t` and, for readability, a blank: RFC 3339, section 5.6. */
function isSeparator(code: number): boolean {
  return code === 0x54 || code === 0x74 || code === 0x20;
}

/** The offset from UTC in minutes that the text ends in, from `at` on. */
function offsetAt(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  // `Z` and `z`.
  if (sign === 0x5a || sign === 0x7a) return text.length === at + 1 ? 0 : undefined;
  if (sign !== PLUS && sign !== DASH) return undefined;
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, minutesAt, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text.length !== minutesAt + 2)
    return undefined;
  const offset = hours * 60 + minutes;
  return sign === DASH ? -offset : offset;
}

/** The number that `count` decimal digits from `at` on spell, or -1 when they are not all digits. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    // Behind the end it is NaN, for which no comparison holds.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (digits(text, at, 1) >= 0) at++;
  return at;
}

/** Days from 1970-01-01 in the Gregorian calendar, whose cycle of 400 years has 146,097 days; years begin in March here. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const from = month > 2 ? year : year - 1;
  const cycle = Math.floor(from / 400);
  const yearOfCycle = from - cycle * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  return cycle * 146_097 + yearOfCycle * 365 + leapDays + dayOfYear - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
