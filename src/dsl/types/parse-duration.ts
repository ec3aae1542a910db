/** Milliseconds of each unit of the language. */
export const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const LITERAL = /^(-?\d{1,16})(ms|s|m|h|d)$/;
/** ISO 8601 with weeks, days, hours, minutes and seconds; years and months have no fixed length and are refused. */
const ISO =
  /^(-)?P(?=[0-9T])(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?$/;

/**
 * The milliseconds of `"15m"` or of an ISO 8601 duration (fractions of a millisecond are cut off), or undefined. Either
 * may be negative.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const literal = LITERAL.exec(text);
  if (literal !== null) return safe(Number(literal[1]) * (UNIT_MILLISECONDS[literal[2] as string] as number));
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const [, sign, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = iso;
  const total =
    Number(weeks) * 604_800_000 +
    Number(days) * 86_400_000 +
    Number(hours) * 3_600_000 +
    Number(minutes) * 60_000 +
    Number(seconds) * 1_000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'));
  return safe(sign === '-' ? -total : total);
}

/** A duration as the language writes it, in the largest unit that is exact: `90m`, `1500ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNIT_MILLISECONDS[unit] as number;
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}
