import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentStart } from './segment-file.ts';

const DAY = 86_400_000;

/** Deletes the segments whose every entry is older than `retention` ms; says how many. A segment spans one day at most. */
export async function deleteExpiredSegments(folder: string, retention: number, now: number): Promise<number> {
  let deleted = 0;
  for (const name of await readdir(folder)) {
    const start = segmentStart(name);
    if (start === undefined || start + DAY + retention >= now) continue;
    await rm(join(folder, name), { force: true });
    deleted += 1;
  }
  return deleted;
}
