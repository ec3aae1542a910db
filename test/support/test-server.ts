import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readAuditLog } from '../../src/server/audit/read-segments.ts';
import { readConfiguration } from '../../src/server/config/configuration.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start-server.ts';
import type { PoolStatus } from '../../src/server/store/database.ts';
import { eventually } from './eventually.ts';
import { SHORT_DEADLINES, writeSmallBundle } from './small-bundle.ts';

export interface CallOptions {
  readonly method?: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null sends no key. */
  readonly key?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, if it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly body: any;
}

/** A server on a free port of the loopback, with its files in a temporary folder. */
export interface TestServer {
  readonly running: RunningServer;
  readonly folder: string;
  readonly data: string;
  readonly policies: string;
  readonly facts: string;
  readonly key: string;
  /** What was reported to the terminal. */
  readonly reports: string[];
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** POST /decide. */
  decide(subject: string, action: string, resource: string, context?: object): Promise<Answer>;
  /** Closes and starts again over the same files. */
  restart(): Promise<TestServer>;
  auditRecords(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export function question(subject: string, action: string, resource: string, context?: object): object {
  return {
    subject: { type: 'user', id: subject },
    action: { name: action },
    resource: { type: 'document', id: resource },
    ...(context && { context }),
  };
}

/** Good for decisions only, at every server that is not configured otherwise. */
export const DECIDE_KEY = 'a-key-of-a-service-that-asks-for-decisions';

const running = new Set<RunningServer>();
const folders = new Set<string>();

/** Waits until no pool of a server leaves out a database that was away: each finds out by itself that it is back. */
export async function poolsAreBack(server: TestServer): Promise<void> {
  await eventually('every pool asks the database again', async () => {
    const { pools } = (await server.call('/readyz?verbose')).body.database as {
      readonly pools: Readonly<Record<string, PoolStatus>>;
    };
    return Object.values(pools).every(({ state }) => state !== 'open');
  });
}

/** Closes all servers that tests started and removes their files; for `afterEach` or `after`. */
export async function stopTestServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.close()));
  running.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

function isJson(response: Response): boolean {
  return /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
}

/** One whose policy has short deadlines. */
export function startHurriedServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-hurried-'));
  writeSmallBundle(folder, SHORT_DEADLINES);
  return startTestServer(options, folder);
}

export async function startTestServer(
  options: Partial<ServerOptions> = {},
  home?: string,
): Promise<TestServer> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'velro-server-'));
  folders.add(folder);
  const bundle = { policies: join(folder, 'policies'), facts: join(folder, 'facts.jsonl') };
  if (home === undefined) writeSmallBundle(folder);
  const data = join(folder, 'data');
  const reports: string[] = [];
  const server = await startServer({
    configuration: readConfiguration({ VELRO_DECIDE_KEY: DECIDE_KEY }, { port: 0, data }),
    ...bundle,
    watch: false,
    report: (text) => reports.push(text),
    log: pino({ level: 'silent' }),
    grace: 20,
    ...options,
  });
  running.add(server);
  const key = server.keyFile === undefined ? '' : readFileSync(server.keyFile, 'utf8').trim();
  const call = async (
    path: string,
    { method, body, headers, key: given }: CallOptions = {},
  ): Promise<Answer> => {
    const response = await fetch(`${server.url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(given === null ? {} : { authorization: `Bearer ${given ?? key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : isJson(response) ? JSON.parse(text) : text,
    };
  };
  return {
    running: server,
    folder,
    data,
    ...bundle,
    key,
    reports,
    call,
    decide: (subject, action, resource, context) =>
      call('/decide', { body: question(subject, action, resource, context) }),
    async restart() {
      await server.close();
      running.delete(server);
      return startTestServer(options, folder);
    },
    async auditRecords() {
      const records = [];
      for await (const line of readAuditLog(join(data, 'audit')))
        if (line.kind === 'entry') records.push(line.record);
      return records;
    },
  };
}

/**
 * The server of a suite, started before all its tests or before each, and gone afterwards. Call it inside `describe`;
 * the result stands for whichever server is running.
 */
export function serverFor(
  scope: 'all' | 'each',
  options: () => Partial<ServerOptions> = () => ({}),
): TestServer {
  let current: TestServer | undefined;
  const start = async (): Promise<void> => {
    current = await startTestServer(options());
  };
  if (scope === 'all') {
    before(start);
    after(stopTestServers);
  } else {
    beforeEach(start);
    afterEach(stopTestServers);
  }
  return new Proxy({} as TestServer, {
    get: (_target, name) => {
      if (current === undefined) throw new Error('the server of a suite is there in its tests only');
      return Reflect.get(current, name) as unknown;
    },
  });
}
