import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Asker, HistoryAnswer } from '../support/cache-history.ts';
import { freePort } from '../support/free-port.ts';
import { type HttpAnswer, HttpClient } from '../support/http-client.ts';
import { type RunningVelro, startVelro } from '../support/running-velro.ts';
import { type StallingProxy, startStallingProxy } from '../support/stalling-proxy.ts';
import type { HistoryEnvironment } from './environment.ts';

/** A server in a process of its own, with a proxy before each of the servers that it uses. */
export interface HistoryServer extends Asker {
  readonly database: StallingProxy;
  readonly redis: StallingProxy | undefined;
  /** Answers other than 200 and 503, by status. */
  readonly problems: ReadonlyMap<string, number>;
  /** Stops the process where it is. */
  pause(): void;
  resume(): void;
  /** Ends the process as a crash would, and starts it again on the same port. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

const KEY = 'a-key-of-a-server-that-makes-history';
/** Longer than every fault. */
const PATIENCE = 20_000;
/** How the connection names itself on which a server listens for notifications. */
const LISTENER = 'velro listen';
const NO_ANSWER: HistoryAnswer = { permitted: undefined, source: undefined };

export interface HistoryServerOptions {
  readonly name: string;
  /** Runs instead of `velro serve`, with the same arguments. */
  readonly program?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startHistoryServer(
  { postgres, url, redis: redisServer, folder, policies }: HistoryEnvironment,
  { name, program, settings }: HistoryServerOptions,
): Promise<HistoryServer> {
  const database = await startStallingProxy(postgres.port, LISTENER);
  const redis = redisServer && (await startStallingProxy(redisServer.port));
  const through = (address: string, proxy: StallingProxy): string => {
    const changed = new URL(address);
    changed.port = String(proxy.port);
    return changed.href;
  };
  const port = await freePort();
  const data = join(folder, name);
  mkdirSync(data);
  const environment = {
    VELRO_DATABASE_URL: through(url, database),
    VELRO_DATABASE_CONNECTIONS: '60',
    // Where all had room in the process, the levels that servers share would hardly be asked.
    ...(redis && { VELRO_CACHE_ENTRIES: '24', VELRO_CACHE_TABLE: 'on' }),
    VELRO_API_KEY: KEY,
    VELRO_LOG_LEVEL: 'silent',
    ...(redis && redisServer && { VELRO_REDIS_URL: through(redisServer.url, redis) }),
    ...settings,
  };
  const args = ['--policies', policies, '--data', data, '--port', String(port)];
  const start = (): Promise<RunningVelro> => startVelro(args, environment, undefined, program);
  let running = await start();

  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const idle: HttpClient[] = [];
  const clients = new Set<HttpClient>();
  const problems = new Map<string, number>();
  return {
    problems,
    database,
    redis,
    async ask(person, action, item, isFresh = false) {
      const body = JSON.stringify({
        subject: { type: 'person', id: person },
        action: { name: action },
        resource: { type: 'item', id: item },
        ...(isFresh && { consistency: 'fresh' }),
      });
      const client = idle.pop() ?? new HttpClient(port, headers, PATIENCE);
      clients.add(client);
      try {
        const answer = await client.post('/decide', body);
        if (answer.status === 200) return answerOf(answer);
        const status = String(answer.status);
        if (status !== '503') problems.set(status, (problems.get(status) ?? 0) + 1);
        return NO_ANSWER;
      } catch {
        return NO_ANSWER;
      } finally {
        idle.push(client);
      }
    },
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    async crash() {
      await running.stop('SIGKILL');
      running = await start();
    },
    async close() {
      for (const client of clients) client.close();
      await running.stop();
      await database.close();
      await redis?.close();
    },
  };
}

interface Body {
  readonly decision: boolean;
  readonly context: { readonly policy: { readonly digest: string } };
}

function answerOf({ head, body }: HttpAnswer): HistoryAnswer {
  const { decision, context } = JSON.parse(body) as Body;
  const source = /\r\nvelro-cache: (\S+)/i.exec(head)?.[1];
  return { permitted: decision, source, policy: context.policy.digest };
}
