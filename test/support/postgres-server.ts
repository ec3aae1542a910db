import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  constants,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { release } from './release-process.ts';

export interface PostgresOptions {
  /** Whether what is acknowledged survives a kill of the machine's choice: `fsync` and full page writes; slow. */
  readonly durable?: boolean;
  /** Starts as a copy of this server, which is killed and restarted for it, and follows it from then on. */
  readonly replicaOf?: PostgresServer;
  /** Further settings, such as `{ max_connections: 20 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A PostgreSQL of the tests' own on a free port of the loopback; it and its files are gone when the process ends, however it ends. */
export interface PostgresServer {
  readonly port: number;
  /** Everything that it keeps. */
  readonly folder: string;
  /** Process id of the postmaster. */
  pid(): number;
  /** `postgres://…` of one of its databases. */
  url(database?: string): string;
  /** Runs statements as a superuser. */
  run(sql: string, database?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends all its processes at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts what was killed again, on the same port. */
  restart(): Promise<void>;
  /** Stops all its processes where they are: connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it, and removes its files. */
  stop(): Promise<void>;
}

const USER = 'velro';
/** Lets an account open what only root may. */
const PAST_PERMISSIONS = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
/** When the process that started the server is gone, so is the other end of this program's standard input. */
const GUARD = `cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && kill -CONT "$pid" && {
  tries=0
  while kill -0 "$pid" && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -KILL "$pid"
}
rm -rf "$1"`;

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-postgres-'));
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  release(guard);
  const account = otherAccount();
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
  const binaries = readableBinaries(postgresBinaries(), folder, account);
  const data = join(folder, 'data');
  if (options.replicaOf === undefined) initialize(join(binaries, 'initdb'), data, folder, account);
  else await copyData(options.replicaOf, data);

  const port = await freePort();
  const [program, ...programArguments] = asAccount(account, [
    join(binaries, 'postgres'),
    '-D',
    data,
    '-p',
    String(port),
    ...Object.entries(settingsOf(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  let child: ChildProcess;
  const pid = (): number => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const url = (database = 'postgres'): string => `postgres://${USER}@127.0.0.1:${port}/${database}`;
  const signal = (name: NodeJS.Signals): void => {
    const postmaster = pid();
    // Stopped, it starts no other process while those that there are are looked for.
    process.kill(postmaster, 'SIGSTOP');
    for (const one of withChildren(postmaster)) {
      try {
        process.kill(one, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  };
  const server: PostgresServer = {
    port,
    folder,
    pid,
    url,
    async run(sql, database) {
      const client = new pg.Client(url(database));
      client.on('error', () => {}); // The server may be killed meanwhile; the query then rejects.
      await client.connect();
      try {
        const { rows } = await client.query<Record<string, unknown>>(sql);
        return rows;
      } finally {
        await client.end();
      }
    },
    async kill() {
      const ended = once(child, 'exit');
      signal('SIGKILL');
      await ended;
      // The number may soon be another process's.
      rmSync(join(data, 'postmaster.pid'));
    },
    async restart() {
      let log = '';
      child = spawn(program as string, programArguments, {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-4_000);
      });
      release(child);
      await untilItAnswers(url(), () => (child.exitCode === null ? undefined : log));
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      const cleared = once(guard, 'exit');
      guard.ref();
      guard.stdin.end();
      await cleared;
    },
  };
  await server.restart();
  return server;
}

function initialize(
  initdb: string,
  data: string,
  folder: string,
  account: ReturnType<typeof otherAccount>,
): void {
  const [command, ...rest] = asAccount(account, [
    initdb,
    '-D',
    data,
    '-U',
    USER,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '-N',
  ]);
  execFileSync(command as string, rest, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** What a crash leaves is what a replica can begin with, and needs none of the programs that not every installation has. */
async function copyData(primary: PostgresServer, data: string): Promise<void> {
  await primary.kill();
  execFileSync('cp', ['-a', join(primary.folder, 'data'), data]);
  await primary.restart();
  const signal = join(data, 'standby.signal');
  writeFileSync(signal, '');
  execFileSync('chown', ['--reference', data, signal]);
}

function settingsOf({
  durable = false,
  replicaOf,
  settings = {},
}: PostgresOptions): Record<string, string | number> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '64MB',
    // A commit is handed to the system before it is acknowledged: a killed server has it when it is back.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...(replicaOf && { primary_conninfo: replicaOf.url() }),
    ...settings,
  };
}

/** PostgreSQL refuses to run as root: then the account that is made for it, else the one that owns nothing. */
function otherAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const idOf = (kind: string): number =>
        Number(execFileSync('id', [kind, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch {
      // There is no such account.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no account `nobody` to run it under');
}

/** The command, under the account if one is given, and ended when this process ends. */
function asAccount(account: ReturnType<typeof otherAccount>, command: readonly string[]): readonly string[] {
  if (account === undefined) return command;
  const { uid, gid } = account;
  return [
    'setpriv',
    '--reuid',
    String(uid),
    '--regid',
    String(gid),
    '--clear-groups',
    '--pdeathsig',
    'INT',
    ...(othersMayWriteNull() ? [] : PAST_PERMISSIONS),
    ...command,
  ];
}

/** `initdb` writes to this device under its account, which fails on a machine that leaves it to root alone. */
function othersMayWriteNull(): boolean {
  return (statSync('/dev/null').mode & constants.S_IWOTH) !== 0;
}

/** The same binaries, copied to where the account can read them if it cannot read them where they are. */
function readableBinaries(
  binaries: string,
  folder: string,
  account: ReturnType<typeof otherAccount>,
): string {
  const [command, ...rest] = asAccount(account, [join(binaries, 'postgres'), '--version']);
  try {
    execFileSync(command as string, rest, { cwd: folder, stdio: 'ignore' });
    return binaries;
  } catch {
    // The libraries stand beside `bin`.
    const copy = join(folder, 'native');
    cpSync(dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX', copy]);
    return join(copy, 'bin');
  }
}

/** A process and those that it started. */
function withChildren(parent: number): readonly number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const children = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return [parent, ...children.flatMap(([pid, its]) => (its === parent && pid !== undefined ? [pid] : []))];
}

async function untilItAnswers(url: string, ended: () => string | undefined): Promise<void> {
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch {
      const log = ended();
      if (log !== undefined) throw new Error(`PostgreSQL did not start: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await client.end().catch(() => {});
    }
  }
}
