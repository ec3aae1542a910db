/** Whether the decision with this id is in a sample of so many percent: always the same answer for the same id. */
export function isSampled(id: string, percent: number): boolean {
  if (percent >= 100) return true;
  return (hash(id) / 2 ** 32) * 100 < percent;
}

/** FNV-1a with a finalizer (Murmur3's), since FNV alone spreads short differences poorly. 32 bits, unsigned. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
