import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AuditEntry } from '../../../../src/server/audit/audit-entry.ts';
import { deleteExpiredSegments } from '../../../../src/server/audit/delete-expired-segments.ts';
import { readAuditLog } from '../../../../src/server/audit/read-segments.ts';
import {
  type OpenSegment,
  openSegmentFile,
  segmentName,
  segmentStart,
} from '../../../../src/server/audit/segment-file.ts';
import { AuditUnavailable, createSegmentLog } from '../../../../src/server/audit/segment-log.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const entry = (id: number, durable = false): AuditEntry => ({
  durable,
  record: { time: 't', level: 'info', id },
});

async function idsIn(folder: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const line of readAuditLog(folder)) if (line.kind === 'entry') ids.push(line.record['id']);
  return ids;
}

/** Segments that can be made to fail, and count their syncs. */
function faultySegments(): { readonly open: OpenSegment; failing: boolean; syncs: number } {
  const open: OpenSegment = async (folder, startedAt) => {
    if (faults.failing) throw new Error('no space left');
    const file = await openSegmentFile(folder, startedAt);
    return {
      ...file,
      append: (text) => (faults.failing ? Promise.reject(new Error('no space left')) : file.append(text)),
      sync: async () => {
        faults.syncs += 1;
        await file.sync();
      },
    };
  };
  const faults = { open, failing: false, syncs: 0 };
  return faults;
}

describe('segment log', () => {
  const folder = temporaryFolder();

  it('has a durable entry in the file when it says so', async () => {
    const log = createSegmentLog({ folder: folder.path, clock: manualClock() });
    await log.write(entry(1, true));
    const [name] = readdirSync(folder.path);
    expect(readFileSync(join(folder.path, name!), 'utf8')).to.equal('{"time":"t","level":"info","id":1}\n');
    await log.close();
  });

  it('does not let anybody wait for other entries, and writes them all before it closes', async () => {
    const log = createSegmentLog({ folder: folder.path, clock: manualClock(), flushAfter: 60_000 });
    for (let id = 0; id < 2_500; id += 1) expect(log.write(entry(id))).to.equal(undefined);
    expect(log.status()).to.deep.equal({ written: 0, lost: 0, waiting: 2_500 });
    await log.close();
    expect(await idsIn(folder.path)).to.deep.equal(Array.from({ length: 2_500 }, (_, id) => id));
    expect(log.status()).to.deep.equal({ written: 2_500, lost: 0, waiting: 0 });
  });

  it('writes entries that nobody waits for after a while', async () => {
    const log = createSegmentLog({ folder: folder.path, clock: manualClock(), flushAfter: 5 });
    void log.write(entry(1));
    while (log.status().written === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await idsIn(folder.path)).to.deep.equal([1]);
    await log.close();
  });

  it('writes them at once when many wait', async () => {
    const log = createSegmentLog({ folder: folder.path, clock: manualClock(), flushAfter: 60_000 });
    for (let id = 0; id < 64; id += 1) void log.write(entry(id));
    while (log.status().written < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await idsIn(folder.path)).to.deep.equal(Array.from({ length: 64 }, (_, id) => id));
    await log.close();
  });

  it('makes all that wait durable at once, in order', async () => {
    const faults = faultySegments();
    const log = createSegmentLog({ folder: folder.path, clock: manualClock(), openSegment: faults.open });
    await Promise.all(Array.from({ length: 200 }, async (_, id) => log.write(entry(id, true))));
    expect(faults.syncs).to.be.within(1, 10);
    expect(await idsIn(folder.path)).to.deep.equal(Array.from({ length: 200 }, (_, id) => id));
    await log.close();
  });

  it('refuses durable entries while it cannot write, keeps the others, and recovers', async () => {
    const faults = faultySegments();
    const health: boolean[] = [];
    const log = createSegmentLog({
      folder: folder.path,
      clock: manualClock(),
      openSegment: faults.open,
      onHealth: (healthy) => health.push(healthy),
    });
    await log.write(entry(1, true));
    faults.failing = true;
    void log.write(entry(2));
    for (const id of [3, 4]) {
      const error = await log.write(entry(id, true))?.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(AuditUnavailable);
    }
    faults.failing = false;
    await log.write(entry(5, true));
    expect(await idsIn(folder.path)).to.deep.equal([1, 2, 5]);
    expect(health).to.deep.equal([false, true]);
    await log.close();
    expect(log.status().lost).to.equal(0);
  });

  it('recovers without being asked', async () => {
    const faults = faultySegments();
    const health: boolean[] = [];
    const log = createSegmentLog({
      folder: folder.path,
      clock: manualClock(),
      openSegment: faults.open,
      flushAfter: 1,
      onHealth: (healthy) => health.push(healthy),
    });
    faults.failing = true;
    void log.write(entry(1));
    while (health.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    faults.failing = false;
    while (health.length === 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await idsIn(folder.path)).to.deep.equal([1]);
    await log.close();
  });

  it('goes on when its folder was removed and came back', async () => {
    const audit = join(folder.path, 'audit');
    const log = createSegmentLog({ folder: audit, clock: manualClock() });
    const refused = await log.write(entry(1, true))?.catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(AuditUnavailable);
    mkdirSync(audit);
    await log.write(entry(2, true));
    expect(await idsIn(audit)).to.deep.equal([2]);
    await log.close();
  });

  it('bounds what waits: more is counted as lost, or refused where durable', async () => {
    const log = createSegmentLog({
      folder: folder.path,
      clock: manualClock(),
      maximumWaiting: 2,
      flushAfter: 60_000,
    });
    for (let id = 0; id < 5; id += 1) void log.write(entry(id));
    expect(log.status()).to.deep.equal({ written: 0, lost: 3, waiting: 2 });
    const refused = await log.write(entry(9, true))?.catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(AuditUnavailable);
    await log.close();
    expect(await idsIn(folder.path)).to.deep.equal([0, 1]);
  });

  it('counts as lost what could not be written until the end', async () => {
    const faults = faultySegments();
    const log = createSegmentLog({
      folder: folder.path,
      clock: manualClock(),
      openSegment: faults.open,
      flushAfter: 60_000,
    });
    faults.failing = true;
    void log.write(entry(1));
    await log.close();
    expect(log.status()).to.deep.equal({ written: 0, lost: 1, waiting: 0 });
    void log.write(entry(2));
    expect(log.status().lost).to.equal(2);
  });

  it('begins a new segment by size and by day (UTC); names sort', async () => {
    const clock = manualClock(Date.parse('2026-01-05T23:59:59.990Z'));
    const log = createSegmentLog({ folder: folder.path, clock, segmentBytes: 60 });
    for (const id of [1, 2, 3]) await log.write(entry(id, true));
    clock.advance(20);
    await log.write(entry(4, true));
    await log.close();
    const names = readdirSync(folder.path);
    expect(names).to.have.length(3);
    expect(names.at(-1)).to.match(/^2026-01-06T00-00-00\.010Z-[0-9a-f]{8}\.jsonl$/);
    expect((await idsIn(folder.path)).at(-1)).to.equal(4);
  });

  it('reads past a line that a crash tore', async () => {
    const name = (time: number): string => join(folder.path, segmentName(time));
    writeFileSync(name(1), '{"id":1}\n{"id":2');
    writeFileSync(name(2), '{"id":3}\n');
    writeFileSync(join(folder.path, 'notes.txt'), 'not a segment');
    const lines = [];
    for await (const line of readAuditLog(folder.path))
      lines.push(line.kind === 'entry' ? line.record['id'] : line.kind);
    expect(lines).to.deep.equal([1, 'torn', 3]);
  });

  it('deletes segments once their last possible entry is too old, and nothing else', async () => {
    const day = 86_400_000;
    const now = Date.parse('2026-06-01T00:00:00Z');
    const names = [now - 32 * day, now - 31 * day + 1, now].map((time) => segmentName(time));
    for (const name of [...names, 'keep.txt']) writeFileSync(join(folder.path, name), '');
    expect(await deleteExpiredSegments(folder.path, 30 * day, now)).to.equal(1);
    expect(readdirSync(folder.path)).to.have.members([names[1], names[2], 'keep.txt']);
  });

  it('knows when a segment was begun from its name', () => {
    const time = Date.parse('2026-03-04T05:06:07.089Z');
    expect(segmentStart(segmentName(time))).to.equal(time);
    for (const name of ['audit.jsonl', '2026-03-04.jsonl', `${segmentName(time)}.gz`])
      expect(segmentStart(name)).to.equal(undefined);
    rmSync(folder.path, { recursive: true });
  });
});
