import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { extraLayer } from '../support/policy-servers.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';
import { spawnVelro, startVelro, type VelroProcess } from '../support/running-velro.ts';
import { writeSmallBundle } from '../support/small-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ONE_FILE = `entity user supplied {}
entity document supplied {}
action read on document by user
require access
layer 1 access version 1 grants access
permit all_read: read on document when true
`;

describe('policies at the command line', function commandLine() {
  this.timeout(180_000);
  const database = postgresDatabase();
  let running: VelroProcess[] = [];
  // Before the folder goes, in which the servers keep their data.
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    running = [];
    await database.run('drop schema if exists velro_state cascade');
  });
  const folder = temporaryFolder();
  const policies = (): string => join(folder.path, 'policies');
  const writeExtra = (version: number): void =>
    writeFileSync(join(policies(), 'extra.velro'), extraLayer(version));
  let environment: Record<string, string>;
  beforeEach(() => {
    writeSmallBundle(folder.path);
    environment = { VELRO_DATABASE_URL: database.url, VELRO_DATA: join(folder.path, 'data') };
  });
  const velro = (...args: string[]): Promise<VelroRun> =>
    runVelro(args, { cwd: folder.path, env: environment });
  const done = async (...args: string[]): Promise<string> => {
    const run = await velro(...args);
    expect(run.code, `velro ${args.join(' ')}: ${run.stderr}`).to.equal(0);
    return run.stdout;
  };
  const serve = async (more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const server = await startVelro(['--policies', policies()], { ...environment, ...more }, folder.path);
    running.push(server);
    return server.url;
  };
  const published = async (url: string): Promise<number> => {
    const body = (await (await fetch(`${url}/readyz?verbose`)).json()) as { policy: { published: number } };
    return body.policy.published;
  };

  it('are published, signed, activated, rolled back and shown, and two processes follow', async () => {
    const keys = await done('keygen', 'velro.key');
    expect(keys)
      .to.match(/^private key {2}velro\.key \(mode 0600\)$/m)
      .and.include('BEGIN PUBLIC KEY');
    expect(statSync(join(folder.path, 'velro.key')).mode & 0o777).to.equal(0o600);
    expect(await velro('keygen', 'velro.key')).to.include({ code: 2, stdout: '' });
    const keyId = /key id {7}(\S+)/.exec(keys)![1]!;

    environment['VELRO_POLICY_KEYS'] = join(folder.path, 'velro.key.pub');
    const unsigned = await velro('publish');
    expect(unsigned).to.include({ code: 2, stdout: '' });
    expect(unsigned.stderr).to.include('must be signed');
    const early = spawnVelro(['--policies', policies()], environment, folder.path);
    running.push(early);
    expect(await early.ended()).to.equal(2);
    expect(early.stderr()).to.include('velro cannot start').and.include('is not signed');

    const first = await done('publish', '--sign', 'velro.key', '--activate');
    expect(first).to.include('published as version 1').and.include(keyId).and.include('version 1 is active');
    const [one, two] = await Promise.all([serve(), serve({ VELRO_DATA: join(folder.path, 'other') })]);
    expect([await published(one), await published(two)]).to.deep.equal([1, 1]);

    writeExtra(1);
    const again = await done('publish', '--sign', 'velro.key', '--json', '--url', one);
    expect(JSON.parse(again)).to.have.nested.include({ 'published.version': 2, 'published.isNew': true });
    expect(await done('show', '2', '--diff')).to.match(
      /from version 1 to version 2\n2 added, 0 removed, 0 changed\n {2}\+ extra: layer extra\n {2}\+ extra: forbid extra_1\n/,
    );
    expect(await done('show', '2', '--diff')).to.include('+++ 2/extra.velro');
    const activated = await done('activate', '2');
    expect(activated).to.include('version 2 is active, 1 did before');
    for (const url of [one, two]) await eventually('both follow', async () => (await published(url)) === 2);
    expect(await done('activate', '2'))
      .to.include('active already')
      .and.include('os:');

    expect(await done('versions')).to.match(
      /^\* 2 {2}sha256:\w{12} {2}\S+ {2}key:\w+ {2}signed by ed25519:\w+\n {2}1 /,
    );
    const history = JSON.parse(await done('versions', '--history', '--json')) as { activations: object[] };
    expect(history.activations).to.have.length(2);
    expect(await done('show', 'active'))
      .to.include('version    2, which answers')
      .and.include('11 extra version 1');
    expect(await done('show', '1', '--file', 'access.velro')).to.equal(
      readFileSync(join(policies(), 'access.velro'), 'utf8'),
    );

    const wrong = await velro('rollback', '--from', '1', '--url', two, '--data', 'other');
    expect(wrong).to.include({ code: 2, stdout: '' });
    expect(wrong.stderr).to.include('409').and.include('version 2 answers now');
    expect(await done('rollback', '--from', '2', '--url', two, '--data', 'other'))
      .to.include('version 1 is active')
      .and.include('rolled back');
    for (const url of [one, two]) await eventually('both are back', async () => (await published(url)) === 1);
    expect((await velro('rollback')).stderr).to.include('no version answered before');

    // A process that starts now answers by what is active, and says that the folder is another.
    const third = await startVelro(
      ['--policies', policies()],
      { ...environment, VELRO_DATA: join(folder.path, 'third') },
      folder.path,
    );
    running.push(third);
    expect(third.stdout()).to.include('version 1 in the database');
    expect(third.stderr()).to.include('differs from it');
  });

  it('are refused with findings and exit code 1', async () => {
    writeFileSync(join(policies(), 'extra.velro'), extraLayer(1).replace('document', 'documnt'));
    const broken = await velro('publish');
    expect(broken).to.include({ code: 1, stdout: '' });
    expect(broken.stderr).to.include('VEL2004').and.include('policies/extra.velro:2');
    writeExtra(1);
    await done('publish', '--activate');
    writeFileSync(join(policies(), 'extra.velro'), extraLayer(1, 'another'));
    const unchanged = await velro('publish', '--json');
    expect(unchanged.code).to.equal(2);
    expect(JSON.parse(unchanged.stdout)).to.have.nested.include({ 'error.code': 'layer_version_unchanged' });
    const nowhere = await velro('activate', '9');
    expect(nowhere).to.include({ code: 2, stdout: '' });
    expect(nowhere.stderr).to.include('there is no version 9');
    expect((await velro('show', 'newest')).stderr).to.include('expected the number of a version, or active');
    expect(
      (await velro('versions', '--url', 'http://127.0.0.1:1', '--database', database.url)).code,
    ).to.equal(2);
  });

  it('may be one file, named like in a folder', async () => {
    const file = join(folder.path, 'all', 'one.velro');
    mkdirSync(join(folder.path, 'all'));
    writeFileSync(file, ONE_FILE);
    const digest = async (path: string): Promise<string> =>
      (JSON.parse(await done('publish', path, '--json')) as { published: { digest: string } }).published
        .digest;
    expect(await digest(file)).to.equal(await digest(join(folder.path, 'all')));
    expect(await done('show', '1', '--file', 'one.velro')).to.equal(ONE_FILE);
  });

  it('of an embedded database go through the server that has it open', async () => {
    delete environment['VELRO_DATABASE_URL'];
    environment['VELRO_DATABASE_URL'] = '';
    expect(await done('publish', '--activate')).to.include('version 1 is active');
    const url = await serve();
    expect(await published(url)).to.equal(1);
    environment['PORT'] = new URL(url).port;
    writeExtra(1);
    const run = await velro('publish', '--activate');
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stderr).to.include('asking the server on this machine');
    expect(await published(url)).to.equal(2);
    expect(await done('rollback')).to.include('version 1 is active');
    expect(await published(url)).to.equal(1);
    expect(existsSync(join(folder.path, 'data', 'database'))).to.equal(true);
  });
});
