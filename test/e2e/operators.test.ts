import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { answerInTime } from '../support/answer-in-time.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/project-files.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';
import { type RunningVelro, startVelro } from '../support/running-velro.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Request {
  readonly subject: { readonly id: string };
  readonly context: {
    readonly session: Record<string, string>;
    token?: string;
    method?: string;
    emergency?: object;
  };
}
interface Answer {
  readonly decision: boolean;
  readonly context: { readonly code: string; readonly rule?: string; readonly claims?: object };
}

/** When the requests of the demo were made. */
const MADE_AT = Date.parse('2026-01-05T10:00:00Z');

/** A request of the demo, with its times moved to the present. */
function demoRequest(name: string): Request {
  const request = JSON.parse(readFileSync(join(ROOT, 'demo', 'requests', `${name}.json`), 'utf8')) as Request;
  const { session } = request.context;
  for (const field of ['started_at', 'last_active_at', 'mfa_at'])
    session[field] = new Date(Date.parse(session[field]!) + Date.now() - MADE_AT).toISOString();
  return request;
}

describe('operators at the command line', function () {
  this.timeout(180_000);
  let server: RunningVelro;
  // Before the folder goes, in which the server keeps its data.
  afterEach(() => server.stop());
  const folder = temporaryFolder();
  const start = (): Promise<RunningVelro> =>
    startVelro(['--facts', 'demo/facts.jsonl'], { VELRO_DATA: folder.path });
  const velro = (...args: string[]): Promise<VelroRun> =>
    runVelro(args, { cwd: ROOT, env: { VELRO_DATA: folder.path, VELRO_URL: server.url } });
  const decide = (request: Request): Promise<Answer> => answerInTime(() => ask(request));
  const ask = async (request: Request): Promise<Answer> => {
    const key = readFileSync(join(folder.path, 'key'), 'utf8').trim();
    const response = await fetch(`${server.url}/decide`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    expect(response.status).to.equal(200);
    return (await response.json()) as Answer;
  };

  beforeEach(async () => {
    server = await start();
  });

  it('enter a mode, which stays over a restart until they leave it', async () => {
    const request = demoRequest('ada-updates-her-generation');
    expect((await velro('mode', 'status')).stdout).to.match(/^lockdown: off$/m);
    expect((await decide(request)).decision).to.equal(true);

    const entered = await velro('mode', 'enter', 'lockdown', '--reason', 'credential leak');
    expect(entered.code, entered.stderr).to.equal(0);
    expect(entered.stdout).to.match(/^lockdown: on since .+ by key:\w+: credential leak$/m);
    expect((await decide(request)).context.rule).to.equal('locked_down');

    await server.stop();
    server = await start();
    const status = await velro('mode', 'status', '--format', 'json');
    const { modes } = JSON.parse(status.stdout) as { modes: { name: string; on: boolean }[] };
    expect(modes.find(({ name }) => name === 'lockdown')).to.include({ on: true });
    expect((await decide(request)).context.rule).to.equal('locked_down');

    const left = await velro('mode', 'leave', 'lockdown', '--reason', 'keys rotated');
    expect(left).to.include({ code: 0, stdout: 'lockdown: off\n' });
    expect((await decide(request)).decision).to.equal(true);
  });

  it('are told with exit code 2 what the server does not accept', async () => {
    const unknown = await velro('mode', 'enter', 'lockout', '--reason', 'x');
    expect(unknown).to.include({ code: 2, stdout: '' });
    expect(unknown.stderr).to.include('404').and.include('no mode lockout');
    const unreasoned = await velro('mode', 'enter', 'lockdown', '--reason', ' ');
    expect(unreasoned).to.include({ code: 2, stdout: '' });
    // What is wrong, and not only that something is.
    expect(unreasoned.stderr).to.include('400').and.include('reason must match');
    const nowhere = await velro('mode', 'status', '--url', 'http://127.0.0.1:1');
    expect(nowhere).to.include({ code: 2, stdout: '' });
    expect(nowhere.stderr).to.include('no server answers at http://127.0.0.1:1');
    const keyless = await velro('mode', 'status', '--data', join(folder.path, 'elsewhere'));
    expect(keyless).to.include({ code: 2, stdout: '' });
    expect(keyless.stderr).to.include('there is no API key');
  });

  it('open an override, which counts until it is closed or expires', async () => {
    const request = demoRequest('gus-reads-without-breaking-the-glass');
    request.context.emergency = { ticket: 'OPS-4711' };
    const subject = `user:${request.subject.id}`;
    const open = (whom: string, reason: string, ...more: string[]): Promise<VelroRun> =>
      velro('override', 'open', 'break_glass', '--subject', whom, '--reason', reason, ...more);
    expect((await decide(request)).context.code).to.equal('claim_missing');
    expect((await velro('override', 'status')).stdout).to.include('break_glass (waives access): not open');

    const long = await open(subject, 'outage', '--for', '2h');
    expect(long.code).to.equal(2);
    expect(long.stderr).to.include('duration').and.include('3600 seconds');

    const opened = await open(subject.toUpperCase().replace('USER', 'user'), 'outage 4711');
    expect(opened.code, opened.stderr).to.equal(0);
    expect(opened.stdout).to.include(`break_glass for ${subject}`).and.include('outage 4711');
    const permitted = await decide(request);
    expect(permitted.decision).to.equal(true);
    expect(permitted.context.claims).to.include({ access: 'emergency.break_glass' });

    const closed = await velro('override', 'close', 'break_glass', '--subject', subject);
    expect(closed.code, closed.stderr).to.equal(0);
    expect((await decide(request)).context.code).to.equal('claim_missing');
    const again = await velro('override', 'close', 'break_glass', '--subject', subject);
    expect(again.code).to.equal(2);
    expect(again.stderr).to.include('not open');

    const brief = await open(subject, 'a moment', '--for', '500ms');
    expect(brief.code, brief.stderr).to.equal(0);
    const expiresAt = Date.parse(/until (\S+)/.exec(brief.stdout)![1]!);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiresAt + 10 - Date.now())));
    expect((await decide(request)).context.code).to.equal('claim_missing');
  });

  it('mint tokens that let one subject have one file, and revoke them', async () => {
    const request = demoRequest('cy-downloads-a-file-without-a-token');
    expect((await decide(request)).context.rule).to.equal('unsigned');
    const { path } = mediumOf(request);
    const mint = async (subject: string, ...more: string[]): Promise<string> => {
      const run = await velro('media-token', 'mint', 'GET', path, '--subject', subject, ...more);
      expect(run.code, run.stderr).to.equal(0);
      return run.stdout.trim();
    };
    const rule = async (token: string): Promise<string | undefined> =>
      (await decide({ ...request, context: { ...request.context, token, method: 'GET' } })).context.rule;

    const token = await mint(request.subject.id);
    expect(token).to.match(/^v1\./);
    expect(await rule(token)).not.to.equal('unsigned');
    expect(await rule(await mint('919108f7-52d1-4320-9bac-f847db4148a8'))).to.equal('unsigned');
    expect(await rule(`${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`)).to.equal('unsigned');
    expect(statSync(join(folder.path, 'media-keys.json')).mode & 0o777).to.equal(0o600);

    // The server looks at the file of keys about once a second, later on a busy machine.
    const becomes = (what: string, one: string, isSigned: boolean): Promise<void> =>
      eventually(what, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        return ((await rule(one)) !== 'unsigned') === isSigned;
      });
    expect((await velro('media-token', 'rotate')).stdout).to.match(/^key \S+ signs; 1 older kept/);
    const renewed = await mint(request.subject.id);
    await becomes('what the new key signs counts', renewed, true);
    expect(await rule(token), 'an older key').not.to.equal('unsigned');
    expect((await velro('media-token', 'rotate', '--revoke')).code).to.equal(0);
    await becomes('what a revoked key signed counts no more', renewed, false);
    expect(await rule(token), 'a revoked older key').to.equal('unsigned');
    const endless = await velro('media-token', 'mint', 'GET', path, '--subject', 'x', '--lifetime', '3601');
    expect(endless).to.include({ code: 2, stdout: '' });
  });
});

/** The attributes of the medium that is asked for. */
function mediumOf(request: object): { readonly path: string } {
  const { id } = (request as { resource: { id: string } }).resource;
  for (const line of readFileSync(join(ROOT, 'demo', 'facts.jsonl'), 'utf8').split('\n')) {
    const fact = JSON.parse(line) as { type: string; id: string; attributes: { path: string } };
    if (fact.type === 'media' && fact.id === id) return fact.attributes;
  }
  throw new Error(`the demo has no medium ${id}`);
}
