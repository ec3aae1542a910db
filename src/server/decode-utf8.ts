const REPLACEMENT = '\uFFFD';

/** The text of bytes, without a mark of the byte order; for what is not UTF-8, where it stops being so. */
export function decodeUtf8(bytes: Uint8Array): string | { readonly offset: number } {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { offset: firstInvalid(bytes) };
  }
}

/** The first byte of the first sequence that was replaced and did not itself say "replaced". */
function firstInvalid(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
  return offset;
}
