import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccessRequest } from '../../src/engine/decide/types.ts';
import type { FactSource } from '../../src/server/ports.ts';
import { eventually } from '../../test/support/eventually.ts';
import { HttpClient } from '../../test/support/http-client.ts';
import { startVelro } from '../../test/support/running-velro.ts';
import type { Instance } from './cached-instance.ts';
import { processorSeconds } from './http/start-process.ts';
import { projectPath } from './reference.ts';
import type { Scene } from './trace-scene.ts';

/** A `velro serve`, asked over connections that are kept, each for one question at a time. */
export interface ServedInstance {
  /** Rejects where the answer is no 200. */
  readonly ask: (request: AccessRequest) => Promise<Awaited<ReturnType<Instance['ask']>>>;
  /** Asks for many at once. */
  askAll(requests: readonly AccessRequest[]): Promise<void>;
  /** Seconds that its process has had a core to itself. */
  processor(): number;
  /** How much is still to be written to the levels that instances share. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** Two servers of the reference policies over the database and the Redis of a scene. */
export interface ServedInstances {
  readonly instances: readonly ServedInstance[];
  stop(): Promise<void>;
}

const KEY = 'a-key-of-a-server-that-is-measured';
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
/** Milliseconds after which there is no answer. */
const PATIENCE = 10_000;

interface Ready {
  readonly cache?: {
    readonly isTrusted: boolean;
    readonly watched: readonly string[];
    readonly shared?: {
      readonly isOpen: boolean;
      readonly levels: Readonly<Record<string, { readonly waiting: number }>>;
    };
  };
}

/** Starts so many; none of them has begun to be asked. */
export async function serveInstances(
  count: number,
  { url, redisUrl }: Pick<Scene, 'url' | 'redisUrl'>,
): Promise<ServedInstances> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-bench-'));
  const policies = join(folder, 'policies');
  const instances: ServedInstance[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(instances.map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeUnreachedLimits(policies);
    for (let number = 0; number < count; number += 1) {
      const data = join(folder, `data-${number}`);
      mkdirSync(data);
      instances.push(await serveInstance(policies, data, { url, redisUrl }));
    }
    return { instances, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The reference policies, whose limits count as ever, and which nobody reaches who asks as fast as answers come. */
function writeUnreachedLimits(folder: string): void {
  mkdirSync(folder);
  const source = projectPath('policies');
  for (const name of readdirSync(source)) {
    if (!name.endsWith('.velro')) continue;
    const text = readFileSync(join(source, name), 'utf8');
    const raised = text.replaceAll(/\d+ per (\d+m)(?: burst \d+)?/g, '1000000 per $1');
    writeFileSync(join(folder, name), name.includes('limits') ? raised : text);
  }
}

async function serveInstance(
  policies: string,
  data: string,
  { url, redisUrl }: Pick<Scene, 'url' | 'redisUrl'>,
): Promise<ServedInstance> {
  const velro = await startVelro(['--policies', policies, '--data', data], {
    VELRO_DATABASE_URL: url,
    VELRO_DATABASE_CONNECTIONS: '60',
    VELRO_REDIS_URL: redisUrl,
    // What is asked for ahead of time would be counted among what writes cost.
    VELRO_CACHE_WARM: 'off',
    VELRO_API_KEY: KEY,
    VELRO_LOG_LEVEL: 'warn',
  });
  const port = Number(new URL(velro.url).port);
  const idle: HttpClient[] = [];
  const clients = new Set<HttpClient>();
  const post = async (path: string, body: string): Promise<{ head: string; body: string }> => {
    const client = idle.pop() ?? new HttpClient(port, HEADERS, PATIENCE);
    clients.add(client);
    const answer = await client.post(path, body);
    idle.push(client);
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${answer.body}`);
    return answer;
  };
  const ready = async (): Promise<Ready['cache']> => {
    const response = await fetch(`${velro.url}/readyz?verbose`, { headers: HEADERS });
    return ((await response.json()) as Ready).cache;
  };
  await eventually('kept facts are trusted', async () => {
    const cache = await ready();
    return cache?.isTrusted === true && cache.watched.length > 0 && cache.shared?.isOpen === true;
  });
  return {
    async ask(request) {
      const { head, body } = await post('/decide', JSON.stringify(request));
      const source = /\r\nvelro-cache: (\S+)/i.exec(head)?.[1] as FactSource | undefined;
      return { permitted: body.startsWith('{"decision":true'), source };
    },
    async askAll(requests) {
      await post('/decide/batch', JSON.stringify({ evaluations: requests }));
    },
    processor: () => processorSeconds(velro.pid),
    async waiting() {
      const levels = Object.values((await ready())?.shared?.levels ?? {});
      return levels.reduce((sum, { waiting }) => sum + waiting, 0);
    },
    async close() {
      for (const client of clients) client.close();
      await velro.stop();
      // What it had to say while it stopped has been said.
      await delay(0);
    },
  };
}
