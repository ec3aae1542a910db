import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Database } from '../../src/server/store/database.ts';
import { openPostgres, PATIENT } from '../support/databases.ts';
import { startEntityServer } from '../support/entity-server.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';
import { jsonLines } from '../support/small-bundle.ts';
import { stopTestServers, type TestServer } from '../support/test-server.ts';

describe('velro entity', function () {
  this.timeout(180_000);
  const postgres = postgresDatabase();
  let database: Database;
  let server: TestServer;
  before(async () => {
    database = await openPostgres(postgres.url, PATIENT);
    server = await startEntityServer(() => database);
  });
  after(async () => {
    await stopTestServers();
    await database.close();
  });
  const entity = (...args: string[]): Promise<VelroRun> =>
    runVelro(['entity', ...args, '--url', server.running.url, '--data', server.data]);

  it('writes, shows and deletes, and only what is meant', async () => {
    const put = await entity('put', 'counter', '07', '--attributes', '{"note": "n"}', '--create');
    expect(put.stderr).to.equal('');
    expect(put.stdout).to.match(/^counter:7 \(revision \d+, written .*Z\)\n\{\n {2}"note": "n"\n\}\n$/);
    const shown = JSON.parse((await entity('get', 'counter', '7', '--json')).stdout) as { revision: number };
    expect(shown).to.deep.include({ id: '7', attributes: { note: 'n' } });
    const again = await entity('put', 'counter', '7', '--attributes', '{}', '--create');
    expect([again.code, again.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && text.includes('answered 412'),
    );
    const revision = String(shown.revision);
    expect((await entity('put', 'counter', '7', '--attributes', '{}', '--if-match', revision)).code).to.equal(
      0,
    );
    expect((await entity('delete', 'counter', '7', '--if-match', revision)).code).to.equal(2);
    expect((await entity('delete', 'counter', '7')).code).to.equal(0);
    const gone = await entity('get', 'counter', '7');
    expect([gone.code, gone.stdout]).to.deep.equal([2, '']);
    expect(gone.stderr).to.include('answered 404');
    const both = await entity('put', 'counter', '7', '--attributes', '{}', '--create', '--if-match', '1');
    expect(both.stderr).to.include('give one of them');
    const bad = await entity('put', 'counter', '7', '--attributes', '{"note": 1}');
    expect(bad.stderr).to.include('attributes/note must be a string');
  });

  it('imports what it lists', async () => {
    const file = join(server.folder, 'counters.jsonl');
    const lines = Array.from({ length: 2_345 }, (_, id) => ({
      type: 'counter',
      id: String(id + 1),
      attributes: { note: `n${id}` },
    }));
    writeFileSync(file, jsonLines(lines));
    const imported = await entity('import', file);
    expect(imported.stderr).to.equal('');
    expect([imported.code, imported.stdout]).to.deep.equal([
      0,
      '2345 lines stored: 2345 created, 0 replaced, 0 deleted\n',
    ]);
    const listed = await entity('list', 'counter', '--limit', '1000');
    expect(listed.stdout.split('\n').toSorted()).to.deep.equal(jsonLines(lines).split('\n').toSorted());
    const page = JSON.parse((await entity('list', 'counter', '--limit', '2', '--json')).stdout) as {
      entities: object[];
      next: string;
    };
    expect(page.entities).to.have.length(2);
    expect(page.next).to.be.a('string');
    const again = await entity('import', file, '--json');
    const { token, ...counts } = JSON.parse(again.stdout) as { token: string };
    expect(counts).to.deep.equal({ lines: 2_345, created: 0, replaced: 2_345, deleted: 0 });
    expect(token).to.match(/^[1-9][0-9]*$/);
  });

  it('says which lines cannot be stored, and how far it got, also when much follows', async () => {
    const file = join(server.folder, 'bad.jsonl');
    const note = 'x'.repeat(1_000);
    const lines: object[] = Array.from({ length: 20_000 }, (_, id) => ({
      type: 'counter',
      id,
      attributes: { note },
    }));
    lines[1_499] = { type: 'counter', id: 'x', attributes: {} };
    writeFileSync(file, jsonLines(lines));
    const { code, stdout, stderr } = await entity('import', file);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^1000 lines stored: /);
    expect(stderr).to.include(`${file}:1500: id is no id of counter`);
    lines[0] = { type: 'counter', id: 'x', attributes: {} };
    writeFileSync(file, jsonLines(lines));
    const first = await entity('import', file);
    expect([first.code, first.stdout]).to.deep.equal([
      1,
      '0 lines stored: 0 created, 0 replaced, 0 deleted\n',
    ]);
    expect(first.stderr).to.include(`${file}:1: `).and.to.include('nothing is stored');
  });

  it('is called wrongly without a file, a server or a key', async () => {
    const missing = await entity('import', join(server.folder, 'none.jsonl'));
    expect([missing.code, missing.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && text.includes('cannot read'),
    );
    const nobody = await runVelro([
      'entity',
      'import',
      server.facts,
      '--url',
      'http://127.0.0.1:1',
      '--data',
      server.data,
    ]);
    expect([nobody.code, nobody.stderr.includes('no server answers')]).to.deep.equal([2, true]);
    const wrongKey = await runVelro(['entity', 'import', server.facts, '--url', server.running.url], {
      env: { VELRO_API_KEY: 'x'.repeat(40) },
    });
    expect([wrongKey.code, wrongKey.stderr.includes('answered 401')]).to.deep.equal([2, true]);
  });
});
