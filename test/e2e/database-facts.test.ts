import { join } from 'node:path';
import { expect } from 'chai';
import { FactFindings } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import { openPostgres } from '../support/databases.ts';
import { FactTables } from '../support/fact-tables.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { ROOT } from '../support/project-files.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';

const REQUEST = 'demo/requests/cy-reads-what-grew-from-their-seed.json';

interface Shown {
  readonly statements: readonly {
    readonly text: string;
    readonly parameters: readonly { readonly place: string; readonly for: string }[];
    readonly columns: readonly { readonly column: string; readonly for: readonly string[] }[];
  }[];
}

describe('facts from a database, on the command line', function commands() {
  this.timeout(180_000);
  const server = postgresDatabase();
  before(async () => {
    const database = await openPostgres(server.url);
    const lines = await readFactLines(join(ROOT, 'demo/facts.jsonl'), new FactFindings());
    const records = lines.map(({ type, id, attributes }) => ({ type, id: String(id), attributes }));
    const tables = new FactTables(loadReferenceBundle().bundle, 'typed');
    await database.transaction('write', (session) => tables.write(session, records));
    await database.close();
  });

  const velro = (...args: string[]): Promise<VelroRun> => runVelro(args, { cwd: ROOT });
  const answer = async (...args: string[]): Promise<{ context: object }> => {
    const run = await velro(...args, '--now', '2026-01-05T10:00:00Z', '--format', 'json');
    const { context, ...rest } = JSON.parse(run.stdout) as { context: { id: string } };
    return { ...rest, context: { ...context, id: '' } };
  };

  it('decide as facts from a file do', async () => {
    const fromTables = await answer('decide', REQUEST, '--database', server.url);
    expect(fromTables).to.deep.equal(await answer('decide', REQUEST, '--facts', 'demo/facts.jsonl'));
    expect(fromTables).to.have.property('decision', true);
  });

  it('are shown as the statement that loads them, which can be run as it is', async () => {
    const run = await velro('explain', '--sql', '--json', REQUEST, '--database', server.url);
    const [statement] = (JSON.parse(run.stdout) as Shown).statements;
    expect(statement?.parameters.map((one) => [one.place, one.for])).to.deep.equal([
      ['$1', 'id of the subject'],
      ['$2', 'id of the resource'],
    ]);
    const uses = statement?.columns.flatMap((one) => one.for);
    expect(uses).to.include.members(['subject.teams', 'resource.owner', 'resource.ancestors[*].owner']);
    await server.run(`prepare shown as ${statement?.text}`);
    const { stdout } = await velro('explain', '--sql', REQUEST, '--database', server.url);
    expect(stdout)
      .to.include(statement?.text)
      .and.to.match(/^-- {3}\d+ +subject\.status$/m);
  });

  it('are misuse where a database does not have them, or a file has them too', async () => {
    await server.run('create database bare');
    const bare = await velro('decide', REQUEST, '--database', server.url.replace(/[^/]+$/, 'bare'));
    expect(bare).to.include({ code: 2, stdout: '' });
    expect(bare.stderr).to.include('there is no table');
    const both = await velro('decide', REQUEST, '--database', server.url, '--facts', 'demo/facts.jsonl');
    expect(both).to.include({ code: 2, stdout: '' });
    await server.run('drop database bare');
  });
});
