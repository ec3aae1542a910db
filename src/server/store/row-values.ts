import { parse as parseArray } from 'postgres-array';

type Parse = (text: string) => unknown;

/** Of an element and of an array of them. */
const TYPES: readonly (readonly [name: string, element: number, array: number, parse: Parse])[] = [
  ['bool', 16, 1000, (text) => text === 't'],
  ['bytea', 17, 1001, (text) => Buffer.from(text.slice(2), 'hex')],
  ['int8', 20, 1016, exactNumber],
  ['int2', 21, 1005, Number],
  ['int4', 23, 1007, Number],
  ['text', 25, 1009, String],
  ['oid', 26, 1028, Number],
  ['json', 114, 199, (text) => JSON.parse(text) as unknown],
  ['cidr', 650, 651, String],
  ['float4', 700, 1021, Number],
  ['float8', 701, 1022, Number],
  ['inet', 869, 1041, String],
  ['bpchar', 1042, 1014, String],
  ['varchar', 1043, 1015, String],
  ['timestamptz', 1184, 1185, instant],
  ['interval', 1186, 1187, String],
  ['numeric', 1700, 1231, exactNumber],
  ['uuid', 2950, 2951, String],
  ['jsonb', 3802, 3807, (text) => JSON.parse(text) as unknown],
];

/** How the text of a value is read, by the number of its type; everything else stays text. */
export const ROW_PARSERS: Readonly<Record<number, Parse>> = Object.fromEntries(
  TYPES.flatMap(([, element, array, parse]) => [
    [element, parse],
    [array, (text: string) => parseArray(text, parse)],
  ]),
);

/**
 * A value as JSON would say it, which is the form that the decoders of the declared types read: a whole number that is
 * too big, or a fraction that would be rounded to a whole number, stays text, and so fits no type of number.
 */
export function rowValueOf(type: number, text: string): unknown {
  return (ROW_PARSERS[type] ?? String)(text);
}

function exactNumber(text: string): number | string {
  const value = Number(text);
  if (!Number.isInteger(value)) return Number.isFinite(value) ? value : text;
  return Number.isSafeInteger(value) && /^-?\d+(\.0+)?$/.test(text) ? value : text;
}

/** A time in RFC 3339, UTC, cut off after the millisecond. What is beyond its years (`infinity`, BC) stays as it is. */
function instant(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (parts === null) return text;
  const [, date, time, fraction = ''] = parts;
  return `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
