/** Most times that are written are of one second. */
let lastSecond = Number.NaN;
let beginning = '';

/** Milliseconds since the epoch as `Date` writes them: always with three decimals, so that texts sort as times do. */
export function isoTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1_000);
  if (second !== lastSecond) {
    beginning = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  const rest = Math.floor(milliseconds - second * 1_000);
  return `${beginning}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
