import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { redisBinary } from './redis-binaries.ts';
import { type RedisArgument, RedisConnection, type RedisReply } from './redis-connection.ts';
import { release } from './release-process.ts';

export interface RedisOptions {
  /** What clients must give; without one anybody on the loopback may use it. */
  readonly password?: string;
  /** Further settings, such as `{ maxmemory: '4mb' }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A Redis of the tests' own on a free port of the loopback, in memory only; it is gone when the process ends, however it ends. */
export interface RedisServer {
  readonly port: number;
  readonly pid: number;
  /** `redis://…`, the password in it. */
  readonly url: string;
  /** Runs one command; strings of the answer are buffers. */
  run(...command: readonly RedisArgument[]): Promise<RedisReply>;
  /** Runs one command that answers with a string. */
  text(...command: readonly RedisArgument[]): Promise<string>;
  /** Ends it at once, as a crash would; what it kept is lost. */
  kill(): Promise<void>;
  /** Starts what was killed again on the same port, with nothing in it. */
  restart(): Promise<void>;
  /** Stops it where it is: connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it, and removes its files. */
  stop(): Promise<void>;
}

/** Three masters that share all slots. */
export interface RedisCluster {
  readonly servers: readonly RedisServer[];
  /** Of each master. */
  readonly urls: readonly string[];
  /** Waits until all of them serve all slots. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** When the process that started the server is gone, so is the other end of this program's standard input. */
const GUARD = `cat >/dev/null
pid=$(cat "$1/pid" 2>/dev/null) && kill -KILL "$pid"
rm -rf "$1"`;
const SLOTS = 16_384;
const MASTERS = 3;

export async function startRedis({ password, settings = {} }: RedisOptions = {}): Promise<RedisServer> {
  const binary = redisBinary();
  const folder = mkdtempSync(join(tmpdir(), 'velro-redis-'));
  const pidFile = join(folder, 'pid');
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  release(guard);
  const port = await freePort();
  const all: Readonly<Record<string, string | number>> = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    save: '',
    appendonly: 'no',
    ...(password !== undefined && { requirepass: password, masterauth: password }),
    ...settings,
  };
  // A file, since what stands in the arguments can be read by everybody.
  const configuration = join(folder, 'redis.conf');
  const lines = Object.entries(all).map(([name, value]) => `${name} ${JSON.stringify(String(value))}\n`);
  writeFileSync(configuration, lines.join(''), { mode: 0o600 });

  let child: ChildProcess | undefined;
  const signal = (name: NodeJS.Signals): void => {
    if (child?.exitCode === null && child.signalCode === null) child.kill(name);
  };
  const run = async (...command: readonly RedisArgument[]): Promise<RedisReply> => {
    const connection = await RedisConnection.open(port, password);
    try {
      return await connection.send(...command);
    } finally {
      connection.close();
    }
  };
  const server: RedisServer = {
    port,
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    get pid() {
      if (child?.pid === undefined) throw new Error('Redis is not running');
      return child.pid;
    },
    run,
    text: async (...command) => String(await run(...command)),
    async kill() {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      // The number may soon be another process's.
      rmSync(pidFile, { force: true });
      child.ref();
      signal('SIGKILL');
      await ended;
      child = undefined;
    },
    async restart() {
      if (child !== undefined) throw new Error('Redis is running');
      let log = '';
      const started = spawn(binary, [configuration], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
      child = started;
      if (started.pid !== undefined) writeFileSync(pidFile, String(started.pid));
      started.on('error', (error) => {
        log += error.message;
      });
      started.stdout?.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-4_000);
      });
      release(started);
      await untilItAnswers(run, () =>
        started.pid === undefined || started.exitCode !== null ? log : undefined,
      );
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      await server.kill();
      const cleared = once(guard, 'exit');
      guard.ref();
      guard.stdin?.end();
      await cleared;
    },
  };
  await server.restart();
  return server;
}

export async function startRedisCluster(options: RedisOptions = {}): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  const ports: number[] = [];
  for (let n = 0; n < MASTERS; n += 1) {
    const busPort = await freePort();
    const settings = {
      'cluster-enabled': 'yes',
      'cluster-port': busPort,
      'cluster-announce-ip': '127.0.0.1',
      // A node that a busy machine keeps waiting is not taken for lost.
      'cluster-node-timeout': 30_000,
      ...options.settings,
    };
    servers.push(await startRedis({ ...options, settings }));
    ports.push(busPort);
  }
  const settled = async (): Promise<void> => {
    for (const server of servers)
      for (;;) {
        const about = await server.text('cluster', 'info');
        if (about.includes('cluster_state:ok') && about.includes(`cluster_known_nodes:${MASTERS}`)) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
  };
  const [first] = servers as [RedisServer];
  for (const [n, server] of servers.entries()) {
    const [from, to] = [n, n + 1].map((part) => Math.floor((part * SLOTS) / MASTERS)) as [number, number];
    await server.run('cluster', 'set-config-epoch', n + 1);
    await server.run('cluster', 'addslotsrange', from, to - 1);
    if (server !== first) await first.run('cluster', 'meet', '127.0.0.1', server.port, ports[n] as number);
  }
  await settled();
  return {
    servers,
    urls: servers.map(({ url }) => url),
    settled,
    async stop() {
      for (const server of servers) await server.stop();
    },
  };
}

async function untilItAnswers(run: RedisServer['run'], ended: () => string | undefined): Promise<void> {
  for (;;) {
    try {
      await run('ping');
      return;
    } catch {
      const log = ended();
      if (log !== undefined) throw new Error(`Redis did not start: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
