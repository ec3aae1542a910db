import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stagePackage } from '../../scripts/support/stage-package.ts';
import { testId } from '../../src/dsl/testing/test-id.ts';
import { median, spreadOf } from '../support/statistics.ts';
import type { Result, Suite } from '../support/suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEY = 'k'.repeat(40);
const STARTS = { full: { new: 3, again: 7, sources: 3 }, quick: { new: 1, again: 1, sources: 1 } };
/** A server that is not ready after so many milliseconds is given up. */
const LONGEST = 60_000;

interface Start {
  /** Seconds until the server was ready and had answered rightly. */
  readonly time: number;
  /** Seconds of the processor that the process had taken until then, all of its threads together. */
  readonly processor: number;
}

export const start: Suite = {
  name: 'start',
  summary:
    'the time until a server with the embedded database decides, as it is published, on a new data folder and again',
  async run({ quick, say }) {
    const counts = STARTS[quick ? 'quick' : 'full'];
    const folder = mkdtempSync(join(tmpdir(), 'velro-start-'));
    try {
      say('building the package');
      const published = join(folder, 'velro');
      await stagePackage(published);
      // What is compiled is kept for the next process: the first start of a checkout is not what is measured.
      for (const where of [published, ROOT]) {
        say('a start that is not counted');
        await startOnce(where, join(folder, 'uncounted'));
      }
      const inNew: Start[] = [];
      for (let turn = 0; turn < counts.new; turn += 1) {
        say('a new data folder');
        inNew.push(await startOnce(published, join(folder, `new-${turn}`)));
      }
      const again: Start[] = [];
      const fromSources: Start[] = [];
      for (let turn = 0; turn < counts.again; turn += 1) {
        say('the same data folder again');
        again.push(await startOnce(published, join(folder, 'new-0')));
        if (turn >= counts.sources) continue;
        say('the same data folder again, from the sources');
        fromSources.push(await startOnce(ROOT, join(folder, 'new-0')));
      }
      return [
        ...figures('start/new', inNew, 4),
        ...figures('start/again', again, 1.5),
        ...figures('start/again-from-sources', fromSources),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function figures(name: string, starts: readonly Start[], atMost?: number): readonly Result[] {
  const times = starts.map(({ time }) => time);
  const processor = starts.map((one) => one.processor);
  return [
    {
      name: `${name}/time`,
      value: median(times),
      unit: 's',
      spread: spreadOf(times),
      ...(atMost === undefined ? {} : { target: { atMost } }),
    },
    {
      name: `${name}/processor-time`,
      value: median(processor),
      unit: 's',
      spread: spreadOf(processor),
      note: 'all threads together',
    },
  ];
}

/** Starts the server of a folder over a data folder, waits until it decides, and stops it. */
async function startOnce(cwd: string, data: string): Promise<Start> {
  const port = await freePort();
  const began = performance.now();
  const server = spawn(process.execPath, ['bin/velro.mjs', 'serve', '--port', String(port)], {
    cwd,
    env: { ...process.env, VELRO_DATA: data, VELRO_API_KEY: KEY, VELRO_DATABASE_URL: undefined },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    const url = `http://127.0.0.1:${port}`;
    while (!(await isReady(url))) {
      if (hasEnded(server)) throw new Error('the server ended before it was ready');
      if (performance.now() - began > LONGEST) throw new Error('the server was not ready in time');
      await pause(2);
    }
    const time = (performance.now() - began) / 1_000;
    return { time, processor: await processorTime(url) };
  } finally {
    if (!hasEnded(server)) server.kill('SIGTERM');
    await ended;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Whether it says so, and denies a subject that nobody has heard of for that reason. */
async function isReady(url: string): Promise<boolean> {
  try {
    const ready = await fetch(`${url}/readyz`);
    await ready.body?.cancel();
    if (ready.status !== 200) return false;
    const answer = await fetch(`${url}/decide`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: testId('nobody') },
        action: { name: 'update' },
        resource: { type: 'generation', id: testId('nothing') },
        context: { ip: '203.0.113.7', tls: true },
      }),
    });
    const { decision, context } = (await answer.json()) as Answer;
    if (decision !== false) throw new WrongAnswer('a subject that nobody has heard of was permitted');
    return context?.code === 'unknown_subject';
  } catch (error) {
    if (error instanceof WrongAnswer) throw error;
    return false;
  }
}

class WrongAnswer extends Error {}

interface Answer {
  readonly decision?: boolean;
  readonly context?: { readonly code?: string };
}

async function processorTime(url: string): Promise<number> {
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  const [, seconds] = /^process_cpu_seconds_total ([\d.e+-]+)$/m.exec(await metrics.text()) ?? [];
  if (seconds === undefined) throw new Error('/metrics does not tell the time of the processor');
  return Number(seconds);
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
