import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually as waitUntil } from '../support/eventually.ts';
import { SMALL_BUNDLE } from '../support/small-bundle.ts';
import { serverFor } from '../support/test-server.ts';

describe('a running server', function () {
  this.timeout(60_000);
  const server = serverFor('all', () => ({ watch: true }));

  const eventually = (what: string, holds: () => Promise<boolean> | boolean): Promise<void> =>
    waitUntil(what, holds, () => server.reports.join(' | '));

  const rest = SMALL_BUNDLE['access.velro']!;
  const edits: readonly (readonly [string, (path: string) => void, string])[] = [
    ['broken UTF-8', (path) => writeFileSync(path, Buffer.from([0x2f, 0x2f, 0xff])), 'not UTF-8'],
    ['ten thousand parentheses', (path) => writeFileSync(path, `let x = ${'('.repeat(10_000)}`), 'VEL1017'],
    ['a megabyte and more', (path) => writeFileSync(path, ' '.repeat(1_100_000)), 'VEL1001'],
    ['a file without an end', (path) => symlinkSync('/dev/zero', path), 'no ordinary file'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'no ordinary file'],
    ['text that turns around', (path) => writeFileSync(path, '// \u202e'), 'VEL1005'],
    [
      'a large pattern',
      (path) => writeFileSync(path, 'let x(p: string) = p matches "(a{900}){900}"\n'),
      'VEL2030',
    ],
    [
      'errors without an end',
      (path) => writeFileSync(path, 'permit a: b on c when (\n'.repeat(40_000)),
      '100 errors',
    ],
    [
      'lets that double',
      (path) =>
        writeFileSync(
          path,
          `let a0 = has context.ip\n${Array.from({ length: 200 }, (_, i) => `let a${i + 1} = a${i} and a${i}\n`).join('')}layer 5 x version 1\nforbid f: any on any when a200\n`,
        ),
      'VEL3015',
    ],
  ];
  for (const [what, edit, said] of edits) {
    it(`answers by the bundle before when an edit brings ${what}, and says so`, async () => {
      const { digest } = (await server.decide('alice', 'read', 'd1')).body.context.policy;
      server.reports.length = 0;
      const path = join(server.policies, 'hostile.velro');
      edit(path);
      await eventually('the report', () => server.reports.some((one) => one.includes(said)));
      const report = server.reports.join('\n');
      expect(report.length).to.be.below(100_000);
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      expect(report).not.to.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      const permit = (await server.decide('alice', 'read', 'd1')).body;
      expect([permit.decision, permit.context.policy.digest]).to.deep.equal([true, digest]);
      expect((await server.decide('carol', 'read', 'd1')).body.context.rule).to.equal('suspended');
      rmSync(path);
      // The next good edit counts.
      const stamp = `// ${what}\n`;
      writeFileSync(join(server.policies, 'access.velro'), `${rest}${stamp}`);
      await eventually(
        'the good edit',
        async () => (await server.decide('alice', 'read', 'd1')).body.context.policy.digest !== digest,
      );
    });
  }
});
