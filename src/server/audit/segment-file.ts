import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../config/sync-folder.ts';

/** A file that entries are appended to. */
export interface SegmentFile {
  readonly path: string;
  /**
   * Appends all of the text and resolves to its bytes, or rejects having taken back what it could. One call at a time.
   */
  append(text: string): Promise<number>;
  /** Resolves when what was appended survives a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Creates a segment in a folder; the name says when (UTC) and sorts by it. */
export type OpenSegment = (folder: string, startedAt: number) => Promise<SegmentFile>;

const EXTENSION = '.jsonl';
/** What is shorter, in bytes, is encoded in memory that is kept: fresh memory for each batch would cost more than writing it. */
const KEPT = 256 * 1024;
const NAME = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)-[0-9a-f]{8}\.jsonl$/;

/** Each start and each rotation has a file of its own, so that processes never write to the same one. */
export function segmentName(startedAt: number): string {
  const time = new Date(startedAt).toISOString().replaceAll(':', '-');
  return `${time}-${randomBytes(4).toString('hex')}${EXTENSION}`;
}

/** When a segment was begun, in milliseconds since the epoch; undefined for a name that is no segment's. */
export function segmentStart(name: string): number | undefined {
  const match = NAME.exec(name);
  return match ? Date.parse(`${match[1]}:${match[2]}:${match[3]}`) : undefined;
}

export const openSegmentFile: OpenSegment = async (folder, startedAt) => {
  const path = join(folder, segmentName(startedAt));
  const file = await open(path, 'ax', 0o600);
  try {
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close();
    throw error;
  }
  const kept = Buffer.alloc(KEPT);
  let size = 0;
  return {
    path,
    async append(text) {
      // In UTF-8 a code unit takes at most three bytes.
      const fits = text.length * 3 <= KEPT;
      const bytes = fits ? kept.subarray(0, kept.write(text, 'utf8')) : Buffer.from(text, 'utf8');
      try {
        await file.appendFile(bytes);
        size += bytes.length;
        return bytes.length;
      } catch (error) {
        // A torn line in the middle of the log would cost its reader the line after it.
        await file.truncate(size).catch(() => {});
        throw error;
      }
    },
    sync: () => file.datasync(),
    close: () => file.close(),
  };
};
