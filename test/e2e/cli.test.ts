import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Command } from 'commander';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { ROOT } from '../support/project-files.ts';
import { runVelro } from '../support/run-velro.ts';

const BUNDLE = `enum status { active, suspended }

entity user stored { status: status }
entity document stored { owner: user, note: string? }

context { ip: ip }

action read, remove on document by user

require access

layer 1 ownership version 1 grants access

permit owner: any on any
  when resource.owner == subject

forbid suspended: any on any
  unless subject.status == active
  because "the account is suspended"

test "an owner reads" {
  subject user alice { status: active }
  resource document d { owner: alice }
  context { ip: "203.0.113.7" }
  expect permit read
  expect permit remove
}

test "a suspended owner does not" {
  subject user alice { status: suspended }
  resource document d { owner: alice }
  context { ip: "203.0.113.7" }
  expect deny read by ownership.suspended
}

test "a stranger does not" {
  subject user bob { status: active }
  resource document d { owner: alice }
  context { ip: "203.0.113.7" }
  expect deny read by access
}
`;
const FACTS = `{"type": "user", "id": "alice", "attributes": {"status": "active"}}
{"type": "user", "id": "sam", "attributes": {"status": "suspended"}}
{"type": "document", "id": "d1", "attributes": {"owner": "alice"}}
{"type": "document", "id": "d2", "attributes": {"owner": "sam"}}
`;
const REQUEST = JSON.stringify({
  subject: { type: 'user', id: 'sam' },
  action: { name: 'read' },
  resource: { type: 'document', id: 'd2' },
  context: { ip: '203.0.113.7' },
});

describe('the velro command', function () {
  this.timeout(180_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-cli-'));
    mkdirSync(join(folder, 'policies'));
    writeFileSync(join(folder, 'policies', 'bundle.velro'), BUNDLE);
    writeFileSync(join(folder, 'facts.jsonl'), FACTS);
    writeFileSync(join(folder, 'request.json'), REQUEST);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const velro = (...args: string[]) => runVelro(args, { cwd: folder });

  describe('itself', () => {
    it('shows help with examples, and exits with 0', async () => {
      for (const args of [[], ['check'], ['mode', 'enter']]) {
        const run = await velro(...args, '--help');
        expect(run.code, args.join(' ')).to.equal(0);
        expect(run.stdout)
          .to.contain(['Usage: velro', ...args].join(' '))
          .and.to.contain('Examples:');
      }
    });

    it('has help with examples for every command', async () => {
      let shown = '';
      const program = new Command('velro').exitOverride().configureOutput({
        writeOut: (text) => {
          shown += text;
        },
      });
      for (const { name, load } of COMMANDS) (await load())(program.command(name), () => expect.fail('run'));
      const helpOf = async (...args: readonly string[]): Promise<string> => {
        shown = '';
        await program.parseAsync([...args, '--help'], { from: 'user' }).catch(({ exitCode }) => {
          expect(exitCode, args.join(' ')).to.equal(0);
        });
        return shown;
      };
      for (const args of [
        ...COMMANDS.map((command) => [command.name]),
        ['override', 'open'],
        ['media-token', 'mint'],
      ]) {
        expect(await helpOf(...args))
          .to.contain(`Usage: velro ${args.join(' ')}`)
          .and.to.contain('Examples:');
      }
    });

    it('ends as it would when nobody reads its output', async () => {
      const unread = (...args: string[]): Promise<{ code: number | null; stderr: string }> =>
        new Promise((resolve, reject) => {
          const child = spawn(process.execPath, [join(ROOT, 'bin', 'velro.mjs'), ...args], { cwd: folder });
          let stderr = '';
          child.stdout.destroy();
          child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
          child.on('error', reject).on('close', (code) => resolve({ code, stderr }));
        });
      expect(await unread('check')).to.deep.equal({ code: 0, stderr: '' });
      writeFileSync(join(folder, 'syntax.velro'), 'layer 1\n');
      expect(await unread('check', 'syntax.velro')).to.deep.equal({ code: 1, stderr: '' });
    });

    it('exits with 2 on a command, an option or an argument that it does not know, and suggests one', async () => {
      const unknown = await velro('chekc');
      expect(unknown.code).to.equal(2);
      expect(unknown.stderr).to.contain('check');
      expect((await velro('check', '--fromat', 'json')).code).to.equal(2);
      expect((await velro('check', '--format', 'yaml')).code).to.equal(2);
      expect((await velro()).code).to.equal(2);
    });

    it('prints its version', async () => {
      const { version } = JSON.parse(
        readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
      ) as { version: string };
      const run = await velro('--version');
      expect(run).to.include({ code: 0, stdout: `${version}\n` });
    });
  });

  describe('check', () => {
    it('says ok and counts, and exits with 0', async () => {
      const run = await velro('check');
      expect(run).to.include({ code: 0, stdout: 'ok: 1 file, 1 layer, 2 rules, 3 tests\n' });
    });

    it('names file, line and column of a finding, underlined, and exits with 1', async () => {
      writeFileSync(
        join(folder, 'broken.velro'),
        BUNDLE.replace('resource.owner == subject', 'resource.ownr == subject'),
      );
      const run = await velro('check', 'broken.velro');
      expect(run.code).to.equal(1);
      expect(run.stdout).to.contain('broken.velro:15:').and.to.contain('^').and.to.contain('owner');
      const json = await velro('check', 'broken.velro', '--format', 'json');
      expect(json.code).to.equal(1);
      const report = JSON.parse(json.stdout) as {
        ok: boolean;
        errors: number;
        diagnostics: { file: string; line: number; code: string }[];
      };
      expect(report).to.include({ ok: false, errors: 1 });
      expect(report.diagnostics[0]).to.include({ file: 'broken.velro', line: 15 });
      expect(report.diagnostics[0]?.code).to.match(/^VEL2\d{3}$/);
    });

    it('exits with 2 when there is nothing to check', async () => {
      const run = await velro('check', 'nowhere');
      expect(run.code).to.equal(2);
      expect(run.stderr).to.contain('nowhere');
    });

    it('exits with 2 for a file that is not UTF-8', async () => {
      writeFileSync(join(folder, 'latin.velro'), Buffer.from('// caf\xe9', 'latin1'));
      const run = await velro('check', 'latin.velro');
      expect(run).to.include({ code: 2, stdout: '' });
      expect(run.stderr).to.contain('latin.velro is not UTF-8');
    });
  });

  describe('format', () => {
    it('lists what is not canonical with --check, changes nothing, and exits with 1; then rewrites it', async () => {
      const path = join(folder, 'crooked.velro');
      const crooked = BUNDLE.replace('permit owner: any on any\n  when', 'permit   owner:any on any when');
      writeFileSync(path, crooked);
      const check = await velro('format', '--check', 'crooked.velro');
      expect(check).to.include({ code: 1, stdout: 'crooked.velro\n' });
      expect(readFileSync(path, 'utf8')).to.equal(crooked);
      expect((await velro('format', 'crooked.velro')).code).to.equal(0);
      expect(readFileSync(path, 'utf8')).to.contain(
        'permit owner: any on any\n  when resource.owner == subject\n',
      );
      expect((await velro('format', '--check', 'crooked.velro')).code).to.equal(0);
    });

    it('reports a syntax error and leaves the file alone', async () => {
      const path = join(folder, 'wrong.velro');
      writeFileSync(path, 'permit : what');
      const run = await velro('format', 'wrong.velro');
      expect(run.code).to.equal(1);
      expect(run.stderr).to.contain('wrong.velro:1:');
      expect(readFileSync(path, 'utf8')).to.equal('permit : what');
    });

    it('formats standard input to standard output', async () => {
      const run = await runVelro(['format', '-'], { cwd: folder, input: 'require   access' });
      expect(run).to.include({ code: 0, stdout: 'require access\n' });
    });

    it('checks standard input, which stands alone', async () => {
      const check = (input: string) => runVelro(['format', '-', '--check'], { cwd: folder, input });
      expect(await check('require   access')).to.include({ code: 1, stdout: '' });
      expect(await check('require access\n')).to.include({ code: 0, stdout: '' });
      const both = await velro('format', '-', 'policies');
      expect(both).to.include({ code: 2, stdout: '' });
      expect(both.stderr).to.contain('stands alone');
    });
  });

  describe('test', () => {
    it('passes, and says what passed', async () => {
      const run = await velro('test');
      expect(run.code, run.stdout + run.stderr).to.equal(0);
      expect(run.stdout).to.contain('✓ an owner reads').and.to.contain('3 passed');
    });

    it('lists rules that no test reaches with --coverage, and exits with 1', async () => {
      const whole = await velro('test', '--coverage');
      expect(whole.code, whole.stdout).to.equal(0);
      expect(whole.stdout).to.contain('(100.0%)');
      const part = await velro('test', '--coverage', '--filter', 'an owner');
      expect(part.code).to.equal(1);
      expect(part.stdout).to.contain('ownership.suspended').and.to.contain('bundle.velro:');
    });

    it('says what happened instead when an expectation fails, with its place, and exits with 1', async () => {
      writeFileSync(
        join(folder, 'failing.velro'),
        BUNDLE.replace('expect deny read by access', 'expect permit read'),
      );
      const run = await velro('test', 'failing.velro');
      expect(run.code).to.equal(1);
      expect(run.stdout)
        .to.contain('expected permit read')
        .and.to.contain('nothing established access')
        .and.to.match(/failing\.velro:\d+:\d+/);
      const junit = await velro('test', 'failing.velro', '--format', 'junit');
      expect(junit.code).to.equal(1);
      expect(junit.stdout)
        .to.match(/^<\?xml/)
        .and.to.contain('<testsuites name="velro" tests="4" failures="1"')
        .and.to.contain('<failure message=');
      const json = await velro('test', 'failing.velro', '--format', 'json');
      expect(JSON.parse(json.stdout)).to.include({ passed: 2, failed: 1 });
    });
  });

  describe('decide', () => {
    it('answers a request from a file, from standard input and from flags alike', async () => {
      const file = await velro('decide', 'request.json', '--facts', 'facts.jsonl');
      expect(file).to.include({ code: 0 });
      expect(file.stdout).to.contain('deny by ownership.suspended: the account is suspended');
      const input = await runVelro(['decide', '-', '--facts', 'facts.jsonl'], {
        cwd: folder,
        input: REQUEST,
      });
      expect(input.stdout).to.equal(file.stdout);
      const flags = [
        '--subject',
        'user:sam',
        '--action',
        'read',
        '--resource',
        'document:d2',
        '--context',
        '{"ip": "203.0.113.7"}',
      ];
      expect((await velro('decide', ...flags, '--facts', 'facts.jsonl')).stdout).to.equal(file.stdout);
    });

    it('gives the answer of POST /decide as JSON, and exits with 1 for a denial only when asked to', async () => {
      const denied = await velro(
        'decide',
        'request.json',
        '--facts',
        'facts.jsonl',
        '--format',
        'json',
        '--exit-code',
      );
      expect(denied.code).to.equal(1);
      const answer = JSON.parse(denied.stdout) as { decision: boolean; context: Record<string, unknown> };
      expect(answer.decision).to.equal(false);
      expect(answer.context).to.include({
        code: 'forbidden',
        layer: 'ownership',
        rule: 'suspended',
        reason: 'the account is suspended',
      });
      const permitted = await velro(
        'decide',
        '--subject',
        'user:alice',
        '--action',
        'read',
        '--resource',
        'document:d1',
        '--context',
        '{"ip": "::1"}',
        '--facts',
        'facts.jsonl',
        '--format',
        'json',
        '--exit-code',
      );
      expect(permitted.code).to.equal(0);
      expect(JSON.parse(permitted.stdout)).to.have.nested.property(
        'context.claims.access',
        'ownership.owner',
      );
    });

    it('knows nobody without facts', async () => {
      const run = await velro('decide', 'request.json');
      expect(run.stdout).to.contain('unknown_subject');
    });

    it('names what a request lacks, and exits with 2', async () => {
      const run = await runVelro(['decide', '-'], { cwd: folder, input: '{"subject": {"type": "user"}}' });
      expect(run.code).to.equal(2);
      expect(run.stderr).to.contain('/subject/id').and.to.contain('/action').and.to.contain('/resource');
    });

    it('says which line of a facts file is wrong', async () => {
      writeFileSync(join(folder, 'bad.jsonl'), `${FACTS}{"type": "user", "id": "eve", "attributes": {}}\n`);
      const run = await velro('decide', 'request.json', '--facts', 'bad.jsonl');
      expect(run.code).to.equal(1);
      expect(run.stderr).to.contain('bad.jsonl:5').and.to.contain('status');
    });

    it('exits with 2 when there is no facts file', async () => {
      const run = await velro('decide', 'request.json', '--facts', 'nothing.jsonl');
      expect(run).to.include({ code: 2, stdout: '' });
      expect(run.stderr).to.contain('there is no nothing.jsonl');
    });
  });

  describe('explain', () => {
    it('prints the layers as a tree, with places, values and what would have to change', async () => {
      const run = await velro('explain', 'request.json', '--facts', 'facts.jsonl');
      expect(run.code).to.equal(0);
      expect(run.stdout)
        .to.contain('ownership')
        .and.to.contain('bundle.velro:')
        .and.to.contain('subject.status')
        .and.to.contain('suspended');
    });

    it('gives the answer of POST /explain as JSON', async () => {
      const run = await velro('explain', 'request.json', '--facts', 'facts.jsonl', '--format', 'json');
      const { decision, explanation } = JSON.parse(run.stdout) as {
        decision: boolean;
        explanation: { layers: { name: string; outcome: string }[]; changes: { path: string }[] };
      };
      expect(decision).to.equal(false);
      expect(explanation.layers[0]).to.include({ name: 'ownership', outcome: 'forbidden' });
      expect(explanation.changes.map((change) => change.path)).to.deep.equal(['subject.status']);
    });
  });
});
