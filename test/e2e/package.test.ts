import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stagePackage } from '../../scripts/support/stage-package.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { testId } from '../../src/dsl/testing/test-id.ts';
import { CACHE_BUNDLE, CACHE_TABLES } from '../support/cache-scene.ts';
import { eventually } from '../support/eventually.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { runVelro } from '../support/run-velro.ts';
import { type RunningVelro, startVelro } from '../support/running-velro.ts';

const KEY = 'k'.repeat(40);

interface Answer {
  readonly source: string | null;
  readonly decision: boolean;
  readonly code: string | undefined;
}

async function ask(url: string, question: object): Promise<Answer> {
  const response = await fetch(`${url}/decide`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  const { decision, context } = (await response.json()) as {
    decision: boolean;
    context?: { code?: string };
  };
  return { source: response.headers.get('velro-cache'), decision, code: context?.code };
}

describe('the published package', function () {
  this.timeout(300_000);
  const database = postgresDatabase();
  const reference = postgresDatabase();
  let folder: string;
  let program: string;
  let redis: RedisServer | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'velro-package-'));
    program = await stagePackage(join(folder, 'velro'));
  });
  after(async () => {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serving<T>(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    work: (velro: RunningVelro) => Promise<T>,
  ): Promise<T> {
    const all = { VELRO_API_KEY: KEY, ...environment };
    const velro = await startVelro(args, all, join(folder, 'velro'), program);
    try {
      return await work(velro);
    } finally {
      expect(await velro.stop()).to.equal(0);
    }
  }

  it('has every command', async () => {
    const missing: string[] = [];
    for (const { name } of COMMANDS) {
      const { code, stdout, stderr } = await runVelro([name, '--help'], { program });
      if (code !== 0 || !stdout.includes(`velro ${name}`)) missing.push(`${name}: ${stderr}`);
    }
    expect(missing).to.deep.equal([]);
    const tested = await runVelro(['test'], { program, cwd: join(folder, 'velro') });
    expect(tested.code, tested.stdout + tested.stderr).to.equal(0);
  });

  it('makes an embedded database, decides over it, and opens it again', async () => {
    const question = {
      subject: { type: 'user', id: testId('nobody') },
      action: { name: 'update' },
      resource: { type: 'generation', id: testId('nothing') },
      context: { ip: '203.0.113.7', tls: true },
    };
    const environment = { VELRO_DATA: join(folder, 'data') };
    for (const start of ['new', 'again']) {
      const answer = await serving([], environment, ({ url }) => ask(url, question));
      expect(answer, start).to.include({ decision: false, code: 'unknown_subject' });
    }
  });

  it('keeps facts of a PostgreSQL, and is connected to Redis', async () => {
    redis = await startRedis();
    await database.run(CACHE_TABLES);
    const policies = join(folder, 'policies');
    mkdirSync(policies);
    for (const [name, text] of Object.entries(CACHE_BUNDLE)) writeFileSync(join(policies, name), text);
    const environment = { VELRO_DATABASE_URL: database.url, VELRO_REDIS_URL: redis.url };
    const question = {
      subject: { type: 'person', id: 'ann' },
      action: { name: 'read' },
      resource: { type: 'item', id: 'grandchild' },
    };
    const data = { VELRO_DATA: join(folder, 'one') };
    await serving(['--policies', policies], { ...environment, ...data }, async ({ url }) => {
      const args = ['schema', 'install', '--policies', policies];
      const installed = await runVelro(args, { program, env: environment });
      expect(installed.code, installed.stderr).to.equal(0);
      await eventually('a hit', async () => {
        const { source, decision } = await ask(url, question);
        return source === 'l1-hit' && decision;
      });
      // Besides the one that asks.
      const connections = String(await redis?.text('CLIENT', 'LIST'))
        .trim()
        .split('\n');
      expect(connections.length).to.be.greaterThan(1);
    });
  });

  it('migrates a PostgreSQL and fills it with made-up rows', async () => {
    const env = { VELRO_DATABASE_URL: reference.url };
    for (const args of [
      ['migrate', 'up'],
      ['seed', '--users', '20'],
    ]) {
      const { code, stderr } = await runVelro(args, { program, env });
      expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0);
    }
  });

  it('says what the licences of the code in it ask for', () => {
    const text = readFileSync(join(folder, 'velro/dist/THIRD-PARTY-LICENCES.txt'), 'utf8');
    const manifest = readFileSync(join(folder, 'velro/package.json'), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    for (const name of ['chevrotain', 'express', 'pg'])
      expect(text).to.include(`\n${name} ${dependencies[name]} (`);
    expect(text).to.include('Permission is hereby granted');
  });
});
