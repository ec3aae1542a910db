import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { answerInTime } from '../support/answer-in-time.ts';
import { ROOT } from '../support/project-files.ts';

const run = promisify(execFile);
const COMMAND = join(ROOT, 'bin', 'velro.mjs');

/** `velro serve` as its users start it, from the project's root, on a free port. */
class Serving {
  readonly #child: ChildProcessWithoutNullStreams;
  output = '';
  errors = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const { VELRO_API_KEY: _key, VELRO_DATA: _data, ...inherited } = process.env;
    this.#child = spawn(process.execPath, [COMMAND, 'serve', ...args], {
      cwd: ROOT,
      env: { ...inherited, PORT: '0', NO_COLOR: '1', ...environment },
    });
    this.#child.stdout.on('data', (chunk) => {
      this.output += String(chunk);
    });
    this.#child.stderr.on('data', (chunk) => {
      this.errors += String(chunk);
    });
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const giveUp = Date.now() + 15_000;
    while (!holds()) {
      if (Date.now() > giveUp || this.#child.exitCode !== null)
        expect.fail(`${what}: ${this.output}${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async started(): Promise<this> {
    await this.until(() => this.output.includes('openapi.json') && this.output.endsWith('\n'), 'no banner');
    return this;
  }

  get url(): string {
    return /http:\/\/\S+?(?=\s)/.exec(this.output)?.[0] ?? expect.fail(`no address: ${this.output}`);
  }

  /** The lines to paste. */
  get commands(): string[] {
    return this.output.split('\n').filter((line) => line.startsWith('curl '));
  }

  /** The exit code, once the process has ended; null when a signal ended it. */
  ended(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return Promise.resolve(this.#child.exitCode);
    return new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const ended = this.ended();
    this.#child.kill(signal);
    return ended;
  }
}

describe('velro serve', () => {
  let folder: string;
  let serving: Serving | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-e2e-'));
  });
  afterEach(async () => {
    await serving?.stop('SIGKILL');
    serving = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const serve = (
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Serving> => {
    serving = new Serving(['--facts', 'demo/facts.jsonl', ...args], {
      VELRO_DATA: relative(ROOT, join(folder, 'data')),
      ...environment,
    });
    return serving.started();
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
    const { commands, output } = await serve([], { VELRO_API_KEY: key });
    expect(output).not.to.include(key);
    expect((await paste('sh', commands[0]!, { VELRO_API_KEY: key })).decision).to.equal(true);
  });

  it('does not start with a short key, and says why', async () => {
    serving = new Serving([], { VELRO_API_KEY: 'short', VELRO_DATA: join(folder, 'data') });
    expect(await serving.ended()).to.equal(2);
    expect(serving.errors).to.include('VELRO_API_KEY').and.include('32');
    expect(serving.errors).not.to.match(/\n\s+at /);
  });

  it('does not start with a broken bundle, and exits with 1 after its findings', async () => {
    const policies = join(folder, 'policies');
    cpSync(join(ROOT, 'policies'), policies, { recursive: true });
    writeFileSync(join(policies, 'broken.velro'), 'layer 11 broken version 1\n\nforbid x: any on nothing\n');
    serving = new Serving(['--policies', policies], { VELRO_DATA: join(folder, 'data') });
    expect(await serving.ended()).to.equal(1);
    expect(serving.errors)
      .to.match(/^error\[VEL\d{4}\]/)
      .and.include('broken.velro:3:');
    expect(serving.output).to.equal('');
  });

  it('exits with 2 when the keys of media tokens cannot be made where they should be', async () => {
    const keys = join(folder, 'nowhere', 'keys.json');
    serving = new Serving([], { VELRO_DATA: join(folder, 'data'), VELRO_MEDIA_KEYS: keys });
    expect(await serving.ended()).to.equal(2);
    expect(serving.errors).to.include(`cannot start: cannot write ${keys}: ENOENT`);
    expect(serving.errors).not.to.match(/\n\s+at /);
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
    await server.until(() => server.errors.includes('VEL'), 'no report');
    expect((await paste('sh', server.commands[0]!)).decision).to.equal(true);
    writeFileSync(path, `${text}\nforbid closed: any on any when true because "closed for today"\n`);
    await server.until(() => server.errors.includes('loaded version'), 'not loaded');
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
    expect((await ask('/decide')).body.decision).to.equal(true);
    const explained = await ask('/explain');
    expect(explained.status).to.equal(200);
    expect(explained.body).to.have.nested.property('explanation.layers').with.lengthOf(10);
  });
});
