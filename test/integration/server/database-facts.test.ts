import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { answerInTime } from '../../support/answer-in-time.ts';
import { eventually } from '../../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { SMALL_FACTS } from '../../support/small-bundle.ts';
import { startTestServer, stopTestServers, type TestServer } from '../../support/test-server.ts';

/** What the facts permit, and what they do not. */
const PERMITTED = ['alice', 'read', 'd1'] as const;
const DENIED: readonly (readonly [string, string, string])[] = [
  ['carol', 'read', 'd1'],
  ['bob', 'update', 'd1'],
  ['dora', 'read', 'd2'],
  ['nobody', 'read', 'd1'],
];
const ASKERS = 6;

describe('facts in a PostgreSQL', function database() {
  this.timeout(300_000);
  let postgres: PostgresServer;
  let data: string;
  let server: TestServer;

  before(async () => {
    postgres = await startPostgres({ settings: { max_connections: 40 } });
    data = mkdtempSync(join(tmpdir(), 'velro-facts-'));
    const configuration = readConfiguration({ VELRO_DATABASE_URL: postgres.url() }, { port: 0, data });
    server = await startTestServer({ facts: undefined, configuration });
    await postgres.run(
      `insert into velro_state.entities (type, id, attributes)
       select type, id, attributes
       from jsonb_to_recordset('${JSON.stringify(SMALL_FACTS)}') as r(type text, id text, attributes jsonb)`,
    );
  });
  after(async () => {
    await stopTestServers();
    await postgres.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const codeOf = async (question: readonly [string, string, string]): Promise<unknown> =>
    (await answerInTime(async () => (await server.decide(...question)).body)).context.code;

  it('are what decisions are made by', async () => {
    expect(await codeOf(PERMITTED)).to.equal('permitted');
    expect(await Promise.all(DENIED.map(codeOf))).to.deep.equal([
      'forbidden',
      'claim_missing',
      'claim_missing',
      'unknown_subject',
    ]);
  });

  it('count as soon as they are written', async () => {
    await postgres.run(
      `update velro_state.entities set attributes = attributes || '{"status": "suspended"}' where id = 'alice'`,
    );
    expect(await codeOf(PERMITTED)).to.equal('forbidden');
    await postgres.run(
      `update velro_state.entities set attributes = attributes || '{"status": "active"}' where id = 'alice'`,
    );
    expect(await codeOf(PERMITTED)).to.equal('permitted');
  });

  it('that cannot be asked for permit nothing, and are asked for again once the database is back', async () => {
    const stop = new AbortController();
    const permitted: string[] = [];
    const outcomes = new Map<string, number>();
    let isPermitted = false;
    const ask = async (): Promise<void> => {
      for (let turn = 0; !stop.signal.aborted; turn += 1) {
        const question: readonly [string, string, string] =
          turn % 2 === 0 ? PERMITTED : (DENIED[(turn >> 1) % DENIED.length] ?? PERMITTED);
        const { status, body } = await server.decide(...question);
        const outcome = status === 200 ? String(body.context.code) : `${status} ${body.code}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (body.decision === true && question !== PERMITTED) permitted.push(question.join(' '));
        if (question === PERMITTED) isPermitted = body.decision === true;
      }
    };
    const asking = Promise.all(Array.from({ length: ASKERS }, ask));
    try {
      await eventually('a permit before', () => isPermitted);
      await postgres.kill();
      await eventually('no permit while it is gone', () => (outcomes.get('503 facts_unavailable') ?? 0) > 20);
      expect((await server.call('/readyz?verbose')).body.losses).to.deep.equal(['database']);
      await postgres.restart();
      const back = performance.now();
      isPermitted = false;
      await eventually('a permit after', () => isPermitted);
      console.log(
        `      permits again ${Math.round(performance.now() - back)} ms after the database answers`,
      );
    } finally {
      stop.abort();
      await asking;
    }
    console.log(`      ${JSON.stringify(Object.fromEntries(outcomes))}`);
    expect(permitted).to.deep.equal([]);
    const allowed = [
      'permitted',
      'forbidden',
      'claim_missing',
      'unknown_subject',
      'deadline_exceeded',
      '503 facts_unavailable',
    ];
    expect([...outcomes.keys()].filter((one) => !allowed.includes(one))).to.deep.equal([]);
    await eventually('the loss to be over', async () => {
      const { body } = await server.call('/readyz?verbose');
      return (body.losses as string[]).length === 0;
    });
  });
});
