import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './campaign.ts';
import { hashOf } from './numbers.ts';

/** Writes the input as it is, and beside it what is wrong; returns the path of the input. */
export function saveFinding(folder: string, { target, message, input }: Finding): string {
  mkdirSync(folder, { recursive: true });
  const name = `${target}-${hashOf(input).toString(16).padStart(8, '0')}`;
  const path = join(folder, `${name}.txt`);
  writeFileSync(path, input);
  const advice = `To make it a test: cp ${path} test/fuzz/corpus/${target}/SAY-WHAT-IT-IS.txt\n`;
  writeFileSync(join(folder, `${name}.message`), `${message}\n\n${advice}`);
  return path;
}
