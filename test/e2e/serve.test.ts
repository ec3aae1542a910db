import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { answerInTime } from '../support/answer-in-time.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/project-files.ts';
import { type RunningVelro, spawnVelro, startVelro, type VelroProcess } from '../support/running-velro.ts';

const run = promisify(execFile);
const COMMAND = join(ROOT, 'bin', 'velro.mjs');

describe('velro serve', function () {
  this.timeout(180_000);

  let folder: string;
  let serving: VelroProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-e2e-'));
  });
  afterEach(async () => {
    await serving?.stop('SIGKILL');
    serving = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const serve = async (
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunningVelro> => {
    const started = await startVelro(['--facts', 'demo/facts.jsonl', ...args], {
      VELRO_DATA: relative(ROOT, join(folder, 'data')),
      ...environment,
    });
    serving = started;
    return started;
  };
  const paste = async (
    shell: string,
    command: string,
    environment = {},
  ): Promise<{ decision: boolean; context: Record<string, unknown> }> => {
    return answerInTime(async () => {
      const { stdout } = await run(shell, ['-c', command], {
        // A terminal that was just opened is somewhere else than the one in which the server was started.
        cwd: tmpdir(),
        env: { ...process.env, ...environment },
      });
      return JSON.parse(stdout) as { decision: boolean; context: Record<string, unknown> };
    });
  };

  for (const shell of ['sh', 'bash', 'zsh']) {
    // Of these only `sh` is everywhere.
    if (shell !== 'sh' && !['/bin', '/usr/bin'].some((bin) => existsSync(join(bin, shell)))) continue;
    it(`prints two commands that work as they are pasted into ${shell}`, async () => {
      const { commands } = await serve([]);
      expect(commands).to.have.length(2);
      const [permitted, denied] = [await paste(shell, commands[0]!), await paste(shell, commands[1]!)];
      expect(permitted.decision, JSON.stringify(permitted)).to.equal(true);
      expect(denied.decision, JSON.stringify(denied)).to.equal(false);
      expect(denied.context['code']).to.equal('forbidden');
      expect(denied.context['reason']).to.be.a('string').and.match(/ /);
    });
  }

  it('prints commands that use the key of the environment', async () => {
    const key = 'a-key-that-is-long-enough-for-a-test';
    const { commands, stdout } = await serve([], { VELRO_API_KEY: key });
    expect(stdout()).not.to.include(key);
    expect((await paste('sh', commands[0]!, { VELRO_API_KEY: key })).decision).to.equal(true);
  });

  it('does not start with a short key, and says why', async () => {
    serving = spawnVelro([], { VELRO_API_KEY: 'short', VELRO_DATA: join(folder, 'data') });
    expect(await serving.ended()).to.equal(2);
    expect(serving.stderr()).to.include('VELRO_API_KEY').and.include('32');
    expect(serving.stderr()).not.to.match(/\n\s+at /);
  });

  it('does not start with a broken bundle, and exits with 1 after its findings', async () => {
    const policies = join(folder, 'policies');
    cpSync(join(ROOT, 'policies'), policies, { recursive: true });
    writeFileSync(join(policies, 'broken.velro'), 'layer 11 broken version 1\n\nforbid x: any on nothing\n');
    serving = spawnVelro(['--policies', policies], { VELRO_DATA: join(folder, 'data') });
    expect(await serving.ended()).to.equal(1);
    expect(serving.stderr())
      .to.match(/^error\[VEL\d{4}\]/)
      .and.include('broken.velro:3:');
    expect(serving.stdout()).to.equal('');
  });

  it('exits with 2 when the keys of media tokens cannot be made where they should be', async () => {
    const keys = join(folder, 'nowhere', 'keys.json');
    serving = spawnVelro([], { VELRO_DATA: join(folder, 'data'), VELRO_MEDIA_KEYS: keys });
    expect(await serving.ended()).to.equal(2);
    expect(serving.stderr()).to.include(`cannot start: cannot write ${keys}: ENOENT`);
    expect(serving.stderr()).not.to.match(/\n\s+at /);
  });

  it('obeys velro mode, and stops gracefully on SIGTERM', async () => {
    const server = await serve([]);
    const velro = (...args: string[]): Promise<{ stdout: string }> =>
      run(process.execPath, [COMMAND, ...args, '--url', server.url, '--data', join(folder, 'data')], {
        cwd: ROOT,
      });
    await velro('mode', 'enter', 'lockdown', '--reason', 'drill');
    expect((await paste('sh', server.commands[0]!)).context['rule']).to.equal('locked_down');
    expect((await velro('mode', 'status')).stdout).to.include('drill');
    await velro('mode', 'leave', 'lockdown', '--reason', 'done');
    expect((await paste('sh', server.commands[0]!)).decision).to.equal(true);
    expect(await server.stop()).to.equal(0);
  });

  it('lets an edit of the shipped bundle count, and keeps answering after a broken one', async () => {
    const policies = join(folder, 'policies');
    cpSync(join(ROOT, 'policies'), policies, { recursive: true });
    const server = await serve(['--watch', '--policies', policies]);
    const path = join(policies, '1-identifiers.velro');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}\nforbid broken: any on any when nothing.here == 1\n`);
    await eventually('a report', () => server.stderr().includes('VEL'));
    expect((await paste('sh', server.commands[0]!)).decision).to.equal(true);
    writeFileSync(path, `${text}\nforbid closed: any on any when true because "closed for today"\n`);
    await eventually('it is loaded', () => server.stderr().includes('loaded version'));
    expect((await paste('sh', server.commands[0]!)).context['reason']).to.equal('closed for today');
  });

  it('answers the requests of the demo', async () => {
    const server = await serve([]);
    const key = readFileSync(join(folder, 'data', 'key'), 'utf8').trim();
    const { permitted } = JSON.parse(readFileSync(join(ROOT, 'demo', 'curl.json'), 'utf8')) as {
      permitted: unknown;
    };
    const ask = async (
      path: string,
    ): Promise<{ status: number; body: { decision: boolean; context: { code: string } } }> => {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(permitted).replaceAll('$NOW', new Date().toISOString()),
      });
      return {
        status: response.status,
        body: (await response.json()) as { decision: boolean; context: { code: string } },
      };
    };
    expect((await answerInTime(async () => (await ask('/decide')).body)).decision).to.equal(true);
    const explained = await ask('/explain');
    expect(explained.status).to.equal(200);
    expect(explained.body).to.have.nested.property('explanation.layers').with.lengthOf(10);
  });
});
