import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/diagnostics.md', import.meta.url);

/** The part of docs/diagnostics.md on one family of codes, such as `VEL1`. */
export function diagnosticsPart(family: string): string {
  const parts = readFileSync(PAGE, 'utf8').split(/^(?=## .*\(VEL\dxxx\)$)/m);
  const part = parts.find((one) => one.split('\n', 1)[0]?.endsWith(`(${family}xxx)`));
  if (part === undefined) throw new Error(`docs/diagnostics.md has no part on ${family}xxx`);
  return part;
}
