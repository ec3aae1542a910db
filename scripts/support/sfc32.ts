/** Chris Doty-Humphrey's small fast counting generator: 32-bit words, the same ones for the same seeds. */
export function sfc32(seed: number, stream: number): () => number {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // What lies in the seeds needs some rounds to spread.
  for (let round = 0; round < 16; round++) next();
  return next;
}
