import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXAMPLE_LAYER, EXAMPLE_SCHEMA } from '../../src/dsl/lint/example.ts';
import { ROOT } from '../support/project-files.ts';
import { runVelro } from '../support/run-velro.ts';

const RULES = `/// Nothing uses it.
let idle = 1

permit owner: read on document
  when resource.owner == subject and resource.owner == subject // kept

permit short: update on document
  when resource.pages < 30

test "an owner reads" {
  subject user ada {}
  resource document plan { owner: ada, pages: 40 }
  expect permit read
  expect deny update by access
}
`;
const QUIET = {
  lint: { rules: { 'unused-attribute': 'off', 'unused-enum-member': 'off', 'unused-declaration': 'off' } },
};

interface Report {
  readonly ok: boolean;
  readonly total: number;
  readonly findings: readonly { rule: string; severity: string; fix: string | null; file: string }[];
}

describe('velro lint', function () {
  this.timeout(180_000);
  let folder: string;
  const path = (...parts: string[]) => join(folder, ...parts);
  const velro = (...args: string[]) => runVelro(args, { cwd: folder });
  const configure = (value: unknown) => writeFileSync(path('velro.json'), JSON.stringify(value));
  const rulesIn = (stdout: string) =>
    (JSON.parse(stdout) as Report).findings.map(({ rule }) => rule).toSorted();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-lint-'));
    mkdirSync(path('policies'));
    writeFileSync(path('policies', 'schema.velro'), EXAMPLE_SCHEMA);
    writeFileSync(path('policies', 'rules.velro'), EXAMPLE_LAYER + RULES);
    configure(QUIET);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reports findings by name and place, exits with 1, and says how to go on', async () => {
    const run = await velro('lint');
    expect(run.code).to.equal(1);
    expect(run.stdout)
      .to.contain('warning[VEL4019 magic-number]: 30 has no name')
      .and.to.not.contain('\u001b');
    expect(run.stdout)
      .to.contain('--> policies/rules.velro:11:25')
      .and.to.match(/\n\d+ warnings\n$/);
    expect(run.stderr).to.contain('`velro lint --fix` fixes 2 of').and.to.contain('velro lint --explain');
    expect((await velro('lint', '--allow-warnings')).code).to.equal(0);
    const json = await velro('lint', '--format', 'json');
    expect(rulesIn(json.stdout)).to.deep.equal([
      'magic-number',
      'redundant-operand',
      'unmatched-rule',
      'unused-let',
    ]);
    expect(json.code).to.equal(1);
  });

  it('runs the rules that are asked for, also one that is off', async () => {
    const one = await velro('lint', '--rule', 'magic-number', '--rule', 'VEL4021', '--format', 'json');
    expect(rulesIn(one.stdout)).to.deep.equal(['magic-number', 'missing-reason', 'missing-reason']);
    const unknown = await velro('lint', '--rule', 'magic-numbr');
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.contain('did you mean `magic-number`?');
  });

  it('fixes what can be fixed, keeps the form and the remarks, and reports the rest', async () => {
    const run = await velro('lint', '--fix', '--format', 'json');
    expect(run.stderr).to.contain('2 findings fixed in 1 file');
    expect(rulesIn(run.stdout)).to.deep.equal(['magic-number', 'unmatched-rule']);
    const text = readFileSync(path('policies', 'rules.velro'), 'utf8');
    expect(text)
      .to.contain('grants access\n\npermit owner')
      .and.to.contain('when resource.owner == subject // kept\n');
    expect((await velro('format', '--check')).code).to.equal(0);
    expect((await velro('test')).code).to.equal(0);
    expect((await velro('lint', '--fix')).stderr).to.contain('0 findings fixed in 0 files');
  });

  it('shows with --dry-run what it would fix, and changes nothing', async () => {
    const before = readFileSync(path('policies', 'rules.velro'), 'utf8');
    const run = await velro('lint', '--fix', '--dry-run');
    expect(run.code).to.equal(1);
    expect(run.stdout)
      .to.contain('-let idle = 1\n')
      .and.to.contain('+  when resource.owner == subject // kept\n');
    expect(run.stderr).to.contain('2 findings would be fixed in 1 file');
    expect(readFileSync(path('policies', 'rules.velro'), 'utf8')).to.equal(before);
    expect((await velro('lint', '--dry-run')).code).to.equal(2);
  });

  it('makes no fix after which a test names what is gone', async () => {
    const twin = 'permit author: read on document\n  when resource.owner == subject\n';
    const file = path('policies', 'rules.velro');
    const forbids = (name: string) =>
      `forbid ${name}: delete on document\n  when resource.status == archived\n`;
    writeFileSync(
      file,
      `${EXAMPLE_LAYER}${twin}\n${forbids('first')}\n${forbids('second')}
test "an archived document stays" {
  subject user ada {}
  resource document plan { owner: ada, status: archived }
  expect deny delete by ownership.second
}
`,
    );
    const before = readFileSync(file, 'utf8');
    const run = await velro('lint', '--fix', '--rule', 'duplicate-rule', '--format', 'json');
    expect(run.stderr).to.contain('0 findings fixed');
    expect(rulesIn(run.stdout)).to.deep.equal(['duplicate-rule']);
    expect(readFileSync(file, 'utf8')).to.equal(before);
  });

  it('explains a rule with its page', async () => {
    const run = await velro('lint', '--explain', 'vacuous-permit');
    expect(run.code).to.equal(0);
    expect(run.stdout).to.equal(readFileSync(join(ROOT, 'docs/lint/vacuous-permit.md'), 'utf8'));
    expect((await velro('lint', '--explain', 'nonsense')).code).to.equal(2);
  });

  it('reads the nearest velro.json from the folder of the bundle up, or the one that is named', async () => {
    configure({ lint: { rules: { ...QUIET.lint.rules, 'magic-number': 'error', 'unmatched-rule': 'off' } } });
    const above = await velro('lint', '--allow-warnings', '--format', 'json');
    expect(above.code).to.equal(1);
    expect(
      (JSON.parse(above.stdout) as Report).findings.find(({ rule }) => rule === 'magic-number')?.severity,
    ).to.equal('error');
    writeFileSync(
      path('policies', 'velro.json'),
      JSON.stringify({ lint: { ...QUIET.lint, ignore: ['rules.velro'] } }),
    );
    expect((await velro('lint')).stdout).to.equal('ok: nothing found in 2 files\n');
    const named = await velro('lint', '--config', 'velro.json', '--format', 'json');
    expect(rulesIn(named.stdout)).to.include('magic-number').and.not.include('unmatched-rule');
    expect((await velro('lint', '--config', 'nowhere.json')).code).to.equal(2);
    writeFileSync(path('policies', 'velro.json'), '{"lint": {"rules": {"magic-nmber": "off"}}}');
    for (const command of ['lint', 'check']) {
      const wrong = await velro(command);
      expect(wrong.code).to.equal(2);
      expect(wrong.stderr).to.contain('did you mean `magic-number`?');
    }
    writeFileSync(path('policies', 'velro.json'), '{"lint": {}, "lint": {}}');
    expect((await velro('lint')).code).to.equal(2);
  });

  it('looks at no bundle with errors, and says so', async () => {
    writeFileSync(path('policies', 'more.velro'), 'let a = nonsense\n');
    const run = await velro('lint');
    expect(run.code).to.equal(1);
    expect(run.stdout).to.contain('error[VEL').and.to.not.contain('VEL4');
    expect(run.stderr).to.contain('the lint rules look at bundles without errors, and have not run');
    expect((await velro('lint', '--fix')).stderr).to.contain('0 findings fixed');
    expect((await velro('lint', 'nowhere')).code).to.equal(2);
  });

  it('shares with check the rules about bugs and security, levels and suppressions', async () => {
    const surprise = (remark: string) =>
      `${EXAMPLE_LAYER}${remark}permit everybody: delete on document\n  when true\n`;
    const write = (remark: string) => writeFileSync(path('policies', 'rules.velro'), surprise(remark));
    write('');
    const run = await velro('check');
    expect(run.code).to.equal(1);
    expect(run.stdout).to.contain('VEL4013 unconditional-destruction').and.to.contain('\n1 warning\n');
    write('// velro-ignore unconditional-destruction: a sandbox that is emptied every night\n');
    expect((await velro('check')).code).to.equal(0);
    write('');
    configure({ lint: { rules: { 'unconditional-destruction': { actions: ['update'] } } } });
    expect((await velro('check')).code).to.equal(0);
  });

  it('gives SARIF, as check does', async () => {
    for (const command of ['lint', 'check']) {
      const run = await velro(command, '--format', 'sarif');
      const log = JSON.parse(run.stdout) as { version: string; runs: { results: { ruleId: string }[] }[] };
      expect(log.version).to.equal('2.1.0');
      expect(log.runs[0]?.results.some(({ ruleId }) => ruleId === 'VEL4019')).to.equal(command === 'lint');
      expect(run.code).to.equal(command === 'lint' ? 1 : 0);
    }
    writeFileSync(path('policies', 'more.velro'), 'let a = nonsense\n');
    const broken = await velro('check', '--format', 'sarif');
    expect(broken.code).to.equal(1);
    expect(broken.stdout).to.contain('"level": "error"').and.to.contain('policies/more.velro');
  });

  it('finds nothing in the reference bundle', async () => {
    const run = await velro('lint', join(ROOT, 'policies'));
    expect(run).to.include({ code: 0, stdout: 'ok: nothing found in 20 files\n' });
  });
});
