import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../test/support/free-port.ts';
import { projectPath } from '../reference.ts';
import type { Questions } from './questions.ts';
import { type PinnedProcess, startPinned } from './start-process.ts';

/** Every server has this core to itself while it is asked, and whoever asks has the other. */
export const SERVER_CORE = 0;
export const GENERATOR_CORE = 1;

/** Longer than servers take to start, in milliseconds. */
const START_TIMEOUT = 30_000;
const KEY = 'a-key-for-a-server-that-lives-a-minute';

/** One of those that are measured beside each other. */
export interface Server {
  readonly name: string;
  readonly url: string;
  readonly process: PinnedProcess;
}

/** Asked by every request, whoever answers. */
export const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Bearer ${KEY}`,
  'content-type': 'application/json',
};

/** The servers, all of them started and answering, and an end to them. */
export interface Servers {
  readonly velro: Server;
  readonly constant: Server;
  readonly bare: Server;
  readonly cerbos: Server;
  stop(): Promise<void>;
}

export async function startServers(questions: Questions): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-bench-'));
  const facts = join(folder, 'facts.jsonl');
  writeFileSync(facts, questions.facts);
  const started: Server[] = [];
  const start = async (
    name: string,
    path: string,
    commandOf: (port: string) => readonly string[],
    environment: Readonly<Record<string, string>> = {},
    home?: string,
  ): Promise<Server> => {
    const port = await freePort();
    const process = startPinned(SERVER_CORE, commandOf(String(port)), environment, home);
    const server = { name, url: `http://127.0.0.1:${port}${path}`, process };
    started.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.process.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const node = process.execPath;
  const policies = ['--policies', projectPath('policies'), '--facts', facts];
  const environment = { VELRO_API_KEY: KEY, VELRO_DATA: join(folder, 'data') };
  const peer = (name: string): string => projectPath(`bench/peers/http/${name}.ts`);
  try {
    const servers = {
      bare: await start('bare', '/decide', (port) => [node, peer('bare-express'), port]),
      constant: await start(
        'constant',
        '/decide',
        (port) => [node, peer('constant-verdict'), '--port', port, ...policies],
        environment,
      ),
      velro: await start(
        'velro',
        '/decide',
        (port) => [node, projectPath('bin/velro.mjs'), 'serve', '--port', port, ...policies],
        environment,
      ),
      cerbos: await startCerbos(start),
    };
    for (const server of started) await untilItAnswers(server);
    return { ...servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startCerbos(
  start: (
    name: string,
    path: string,
    commandOf: (port: string) => readonly string[],
    environment: Readonly<Record<string, string>>,
    home: string,
  ) => Promise<Server>,
): Promise<Server> {
  let binary: string;
  try {
    binary = createRequire(import.meta.url).resolve('@cerbos/cerbos-linux-x64');
  } catch {
    throw new Error('the server of Cerbos comes for Linux on x64 only');
  }
  const other = await freePort();
  return start(
    'cerbos',
    '/api/check/resources',
    (port) => [
      binary,
      'server',
      '--config=config.yaml',
      '--log-level=error',
      `--set=server.httpListenAddr=127.0.0.1:${port}`,
      `--set=server.grpcListenAddr=127.0.0.1:${other}`,
    ],
    { GOMAXPROCS: '1' },
    projectPath('bench/peers/cerbos'),
  );
}

async function untilItAnswers({ name, url, process }: Server): Promise<void> {
  const until = performance.now() + START_TIMEOUT;
  while (performance.now() < until) {
    if (process.child.exitCode !== null) break;
    const answered = await fetch(new URL('/', url)).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`the server \`${name}\` does not answer (are taskset and two cores there?)`);
}
