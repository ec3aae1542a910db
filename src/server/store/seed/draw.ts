/** Numbers that look random and follow from where they are asked for alone, so that any row can be made without the others. */

/** A whole number from 0 to 2³²−1 for a place: the third number of row 7 of table 2, say. */
export function draw(seed: number, table: number, row: number, slot: number): number {
  let hash = mix((seed ^ Math.imul(table + 1, 0x9e3779b1)) >>> 0);
  hash = mix((hash + Math.imul(row, 0x85ebca77)) >>> 0);
  return mix((hash ^ Math.imul(slot + 1, 0xc2b2ae3d)) >>> 0);
}

/** The finalizer of MurmurHash3: each bit of the input changes about half of the output's. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A UUID of version 4 for a row of a table. */
export function uuidOf(seed: number, table: number, row: number): string {
  const words = [0, 1, 2, 3].map((slot) =>
    draw(seed, table, row, 1_000 + slot)
      .toString(16)
      .padStart(8, '0'),
  );
  const text = words.join('');
  const variant = '89ab'[Number.parseInt(text[16] as string, 16) & 3];
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`;
}
