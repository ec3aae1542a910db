import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { answerInTime } from '../support/answer-in-time.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningVelro, startVelro } from '../support/running-velro.ts';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const run = promisify(execFile);

/** The first fenced block after a text. */
function blockAfter(text: string): string {
  const from = readme.indexOf(text);
  const block = /```\w*\n([\s\S]*?)```/.exec(readme.slice(from))?.[1];
  if (from === -1 || block === undefined) throw new Error(`README.md has no block after ${text}`);
  return block;
}

interface Answer {
  readonly decision: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Runs a command as a person would who pastes it. */
async function paste(command: string): Promise<Answer> {
  return answerInTime(async () => {
    const { stdout } = await run('sh', ['-c', command]);
    return JSON.parse(stdout) as Answer;
  });
}

describe('the README', function () {
  this.timeout(180_000);
  let folder: string;
  let policies: string;
  let server: RunningVelro;
  let curl: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'velro-readme-'));
    policies = join(folder, 'policies');
    cpSync(new URL('policies', root), policies, { recursive: true });
    const facts = new URL('demo/facts.jsonl', root).pathname;
    cpSync(new URL('demo', root), join(folder, 'demo'), { recursive: true });
    server = await startVelro(['--policies', policies, '--facts', facts, '--watch'], {
      VELRO_DATA: join(folder, 'data'),
    });
    curl = blockAfter('This one asks whether Ada')
      .replace('http://127.0.0.1:3010', server.url)
      .replace('.velro/key', join(folder, 'data', 'key'));
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a curl command that works as pasted and answers what it says', async () => {
    const answer = await paste(curl);
    const said = JSON.parse(blockAfter('<!-- answer -->')) as Answer;
    expect(answer.decision).to.equal(said.decision);
    expect(answer.context).to.deep.include({ ...said.context });
  });

  it('shows the commands that the start prints, and these work as pasted too', async () => {
    const [permitted, denied] = server.commands;
    if (permitted === undefined || denied === undefined) throw new Error(server.stdout());
    expect(permitted).to.equal(curl.trim());
    expect(await paste(permitted)).to.have.property('decision', true);
    const answer = await paste(denied);
    expect(answer.decision).to.equal(false);
    expect(answer.context['reason']).to.match(/ /);
  });

  it('describes an edit whose effect shows at once, and a mistake that is reported while the old bundle answers', async () => {
    const file = join(policies, '3-ownership.velro');
    const original = readFileSync(file, 'utf8');
    const rule = blockAfter('<!-- first-edit -->');
    appendFileSync(file, `\n${rule}`);
    await eventually('the edit has its effect', async () => !(await paste(curl)).decision);
    expect((await paste(curl)).context).to.include({
      layer: 'ownership',
      rule: 'friday_freeze',
      reason: 'nobody changes anything today',
    });

    writeFileSync(file, `${original}\n${rule.replace('generation', 'genration')}`);
    await eventually('the mistake is reported', () => server.stderr().includes('genration'));
    const [code, help] = [/error\[(VEL\d+)\]/, /did you mean `generation`/].map((pattern) =>
      pattern.exec(server.stderr()),
    );
    expect(code, server.stderr()).to.not.equal(null);
    expect(help, server.stderr()).to.not.equal(null);
    for (const line of blockAfter('<!-- first-mistake -->').split('\n'))
      expect(server.stderr()).to.contain(line.trim());
    expect((await paste(curl)).context).to.include({ rule: 'friday_freeze' });

    writeFileSync(file, original);
    await eventually('all is as it was', async () => (await paste(curl)).decision);
  });

  it('lists every command', async () => {
    const { COMMANDS } = await import('../../src/cli/commands/index.ts');
    for (const { name } of COMMANDS) expect(readme).to.contain(`\`velro ${name}`);
  });
});
