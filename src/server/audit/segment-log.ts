import type { AuditLog, Clock } from '../ports.ts';
import type { AuditStatus } from './audit-entry.ts';
import { auditLine } from './audit-line.ts';
import { type OpenSegment, openSegmentFile, type SegmentFile } from './segment-file.ts';

export interface SegmentLogOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Told that writing fails, or works again; not of repetitions. */
  readonly onHealth?: (healthy: boolean, error?: unknown) => void;
  readonly openSegment?: OpenSegment;
  /** Bytes after which a new segment is begun. */
  readonly segmentBytes?: number;
  /** Entries that may wait; more are counted as lost, or refused where durable. */
  readonly maximumWaiting?: number;
  /** Milliseconds after which entries that nobody waits for are written. */
  readonly flushAfter?: number;
}

/** An entry could not be stored safely, and whoever asked must not be answered. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

interface Waiting {
  readonly line: string;
  /** Undefined where nobody waits. */
  readonly settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
}

const DAY = 86_400_000;
/** After a failure the next attempt for entries that nobody waits for comes after so many milliseconds. */
const RETRY_AFTER = 1_000;
/** So many entries are written by one call at most. */
const BATCH = 1_000;
/** When so many wait, they are written at once: many more would outlive the memory that is cheap. */
const ENOUGH = 64;

/**
 * Appends entries as JSON Lines to segments in a folder. All that wait are written by one call and made durable by one
 * fsync, however many ask; entries keep their order. What cannot be written is tried again, so a line may, after a
 * failure, stand in the log twice with the same id, and never is one without having been counted.
 */
export function createSegmentLog(options: SegmentLogOptions): AuditLog {
  const { folder, clock } = options;
  const open = options.openSegment ?? openSegmentFile;
  const segmentBytes = options.segmentBytes ?? 16 * 1024 * 1024;
  const maximumWaiting = options.maximumWaiting ?? 20_000;
  const flushAfter = options.flushAfter ?? 100;

  let queue: Waiting[] = [];
  /** So many are being written. */
  let underWay = 0;
  let segment: SegmentFile | undefined;
  let startedAt = 0;
  let segmentDay = 0;
  let segmentSize = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let healthy = true;
  let closed = false;
  let written = 0;
  let lost = 0;

  const closeSegment = async (): Promise<void> => {
    const old = segment;
    segment = undefined;
    await old?.sync().catch(() => {});
    await old?.close().catch(() => {});
  };

  const store = async (batch: readonly Waiting[]): Promise<void> => {
    const now = clock.now();
    const day = Math.floor(now / DAY);
    if (segment !== undefined && (day !== segmentDay || segmentSize >= segmentBytes)) await closeSegment();
    if (segment === undefined) {
      // Two segments of one process never have the same time, so that their names sort as they were written.
      startedAt = Math.max(now, startedAt + 1);
      segment = await open(folder, startedAt);
      segmentDay = day;
      segmentSize = 0;
    }
    const text = batch.map((one) => one.line).join('');
    segmentSize += await segment.append(text);
    if (batch.some((one) => one.settle !== undefined)) await segment.sync();
  };

  const setHealth = (now: boolean, error?: unknown): void => {
    if (healthy === now) return;
    healthy = now;
    options.onHealth?.(now, error);
  };

  const fail = async (batch: readonly Waiting[], error: unknown): Promise<void> => {
    setHealth(false, error);
    // After a failed write or fsync the state of the file is anybody's guess: go on in another one.
    await closeSegment();
    const refusal = new AuditUnavailable('the audit log cannot be written', { cause: error });
    const all = [...batch, ...queue];
    queue = all.filter((one) => one.settle === undefined);
    for (const one of all) one.settle?.reject(refusal);
  };

  /** Whether what waits should be written now rather than after a while. */
  const isUrgent = (): boolean =>
    queue.length >= ENOUGH || (closed && queue.length > 0) || queue.some((one) => one.settle !== undefined);

  const pause = (): number => (!healthy ? RETRY_AFTER : isUrgent() ? 0 : flushAfter);

  const drain = async (): Promise<void> => {
    do {
      const batch = queue.slice(0, BATCH);
      queue = queue.slice(BATCH);
      underWay = batch.length;
      try {
        await store(batch);
      } catch (error) {
        await fail(batch, error);
        return;
      } finally {
        underWay = 0;
      }
      setHealth(true);
      written += batch.length;
      for (const one of batch) one.settle?.resolve();
    } while (isUrgent());
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (running !== undefined || queue.length === 0) return;
    running = drain().finally(() => {
      running = undefined;
      if (queue.length > 0 && !closed) schedule();
    });
  };

  const schedule = (): void => {
    if (timer !== undefined || running !== undefined) return;
    timer = setTimeout(flush, pause());
    timer.unref();
  };

  return {
    write(entry) {
      if (closed || queue.length + underWay >= maximumWaiting) {
        if (!entry.durable) lost += 1;
        return entry.durable
          ? Promise.reject(new AuditUnavailable(closed ? 'the audit log is closed' : 'too many entries wait'))
          : undefined;
      }
      const line = auditLine(entry.record);
      if (!entry.durable) {
        queue.push({ line, settle: undefined });
        if (healthy && queue.length >= ENOUGH) flush();
        else schedule();
        return undefined;
      }
      return new Promise((resolve, reject) => {
        queue.push({ line, settle: { resolve, reject } });
        flush();
      });
    },
    status: (): AuditStatus => ({ written, lost, waiting: queue.length + underWay }),
    async close() {
      closed = true;
      await running;
      flush();
      await running;
      clearTimeout(timer);
      lost += queue.length;
      for (const one of queue) one.settle?.reject(new AuditUnavailable('the audit log is closed'));
      queue = [];
      await closeSegment();
    },
  };
}
