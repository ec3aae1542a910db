import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadBundleFolder } from '../../src/server/bundles/load-bundle-folder.ts';
import {
  MAXIMUM_BUNDLE_BYTES,
  MAXIMUM_FILES,
  readBundleFiles,
} from '../../src/server/bundles/read-bundle-files.ts';
import { StartError } from '../../src/server/config/start-error.ts';
import { runVelro } from '../support/run-velro.ts';
import { SMALL_BUNDLE, writeSmallBundle } from '../support/small-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('hostile folders', function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const at = (...names: readonly string[]): string => join(folder.path, ...names);
  const refusal = async (path = folder.path): Promise<string> => {
    try {
      await readBundleFiles(path);
    } catch (error) {
      expect(error).to.be.instanceOf(StartError);
      return (error as Error).message;
    }
    return expect.fail('accepted');
  };

  it('of 10,000 files are read, and of one more refused', async () => {
    const schema = Object.values(SMALL_BUNDLE).join('\n').split('\nlayer ')[0] ?? '';
    writeFileSync(at('schema.velro'), schema.replace('require permission and access', 'require l0'));
    writeFileSync(
      at('f0.velro'),
      'layer 1 l version 1 grants l0\npermit p: read on document by user when true\n',
    );
    for (let index = 1; index < MAXIMUM_FILES - 1; index += 1)
      writeFileSync(at(`f${index}.velro`), `let a${index} = ${index}\n`);
    const loaded = await loadBundleFolder(folder.path, false);
    expect(loaded.ok, 'findings' in loaded ? loaded.findings : '').to.equal(true);
    writeFileSync(at('one-more.velro'), '');
    expect(await refusal()).to.include('more than 10000 policy files');
  });

  it('of files that have errors everywhere are answered with a hundred findings', async () => {
    for (let index = 0; index < 2_000; index += 1)
      writeFileSync(at(`f${index}.velro`), 'permt a b\n'.repeat(50));
    const loaded = await loadBundleFolder(folder.path, false);
    expect(loaded.ok).to.equal(false);
    const findings = 'findings' in loaded ? loaded.findings : '';
    expect(findings).to.include('100 errors');
    expect(findings.length).to.be.below(100_000);
  });

  it('of too many bytes are refused before they are read', async () => {
    for (let index = 0; index < 3; index += 1) {
      writeFileSync(at(`f${index}.velro`), '');
      truncateSync(at(`f${index}.velro`), MAXIMUM_BUNDLE_BYTES / 2);
    }
    expect(await refusal()).to.include('bytes of policies');
  });

  it('whose links lead back, to themselves or nowhere hold each file once, or are refused', async () => {
    mkdirSync(at('a', 'b'), { recursive: true });
    writeFileSync(at('a', 'x.velro'), 'let x = 1\n');
    symlinkSync(folder.path, at('a', 'b', 'root'));
    symlinkSync('.', at('a', 'self'));
    expect((await readBundleFiles(folder.path)).length).to.equal(1);
    symlinkSync('ring', at('ring'));
    expect(await refusal()).to.include('link to nothing');
  });

  it('with a link to layers that are not there are refused: less policy is no policy', async () => {
    writeFileSync(at('x.velro'), 'let x = 1\n');
    symlinkSync('layers-elsewhere', at('layers'));
    expect(await refusal()).to.include('link to nothing');
  });

  it('whose files are pipes, devices or sockets are refused without waiting for them', async () => {
    execFileSync('mkfifo', [at('pipe.velro')]);
    expect(await refusal()).to.include('no ordinary file');
    const velro = await runVelro(['check', at('pipe.velro')]);
    expect(velro.code).to.equal(2);
  });

  it('with a link to an endless device are refused', async () => {
    symlinkSync('/dev/zero', at('zero.velro'));
    expect(await refusal()).to.include('no ordinary file');
    expect((await runVelro(['check', at('zero.velro')])).code).to.equal(2);
  });

  it('whose files cannot be read are refused', async function () {
    if (process.getuid?.() === 0) {
      // Who may read everything is told by a folder instead: nobody can read one as a file.
      expect((await runVelro(['check', at('none.velro')])).code).to.equal(2);
      return;
    }
    writeFileSync(at('x.velro'), '');
    chmodSync(at('x.velro'), 0);
    expect(await refusal()).to.include('cannot read');
  });

  for (const [what, name] of [
    ['a line break', 'a\nb.velro'],
    ['a command to the terminal', 'a\u001b[2J.velro'],
    ['a mark that turns the direction of text', 'a\u202eorlev.velro'],
    ['a blank of no width', 'a\u200b.velro'],
  ] as const) {
    it(`with ${what} in a name are refused, and it is not shown`, async () => {
      writeFileSync(at(name), 'let x = 1\n');
      const message = await refusal();
      expect(message).to.include('invisible characters');
      const { code, stdout, stderr } = await runVelro(['check', folder.path]);
      expect(code).to.equal(2);
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      expect(`${message}${stdout}${stderr}`).not.to.match(/[\u0000-\u0009\u000b-\u001f\u200b\u202e]/);
      expect(message).not.to.include('\n');
    });
  }

  for (const [what, bytes, place] of [
    ['a lone byte', [0x61, 0x0a, 0xff, 0x0a], 'byte 3, on line 2'],
    ['a lone continuation', [0x80], 'byte 1, on line 1'],
    ['an overlong slash', [0x61, 0xc0, 0xaf], 'byte 2, on line 1'],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80], 'byte 1, on line 1'],
    ['a character beyond the last', [0xf4, 0x90, 0x80, 0x80], 'byte 1, on line 1'],
    ['half of a character at the end', [0x61, 0xe2, 0x82], 'byte 2, on line 1'],
    ['a replacement before it', [0xef, 0xbf, 0xbd, 0x0a, 0xfe], 'byte 5, on line 2'],
    ['a mark of the byte order before it', [0xef, 0xbb, 0xbf, 0xff], 'byte 4, on line 1'],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 'byte 1, on line 1'],
  ] as const) {
    it(`with bytes that are no UTF-8 are refused with their place: ${what}`, async () => {
      writeFileSync(at('x.velro'), Buffer.from(bytes));
      expect(await refusal()).to.include(`not UTF-8: see ${place}`);
    });
  }

  it('keep what is no UTF-8 out of every command', async () => {
    const bytes = 'let x = "\u00ff"\n';
    const file = at('x.velro');
    writeFileSync(file, Buffer.from(bytes, 'latin1'));
    for (const args of [
      ['check', file],
      ['format', file],
      ['test', file],
      ['decide', '--policies', file, '--subject', 'a:b', '--action', 'c', '--resource', 'd:e'],
    ]) {
      const { code, stderr } = await runVelro(args);
      expect([code, stderr.includes('not UTF-8')], args.join(' ')).to.deep.equal([2, true]);
    }
  });

  it('are nothing that a command shows to a terminal', async () => {
    const { policies } = writeSmallBundle(folder.path);
    const reason = String.raw`"\u001b[2J\u202e\u200b"`;
    const file = join(policies, 'access.velro');
    writeFileSync(file, SMALL_BUNDLE['access.velro']!.replace('"the account is suspended"', reason));
    const facts = at('facts.jsonl');
    const args = [
      '--policies',
      policies,
      '--facts',
      facts,
      '--subject',
      'user:carol',
      '--action',
      'read',
      '--resource',
      'document:d1',
    ];
    for (const command of ['decide', 'explain']) {
      for (const format of ['text', 'json']) {
        const { code, stdout } = await runVelro([command, ...args, '--format', format]);
        expect(code).to.equal(0);
        expect(stdout).to.include(format === 'json' ? String.raw`\u001b[2J\u202e\u200b` : '\ufffd[2J');
        // oxlint-disable-next-line no-control-regex -- these are what is looked for
        expect(stdout).not.to.match(/[\u0000-\u0009\u000b-\u001f\u200b\u202e]/);
        if (format === 'json') expect(JSON.stringify(JSON.parse(stdout))).to.include('\u202e');
      }
    }
  });

  it('as a process: a megabyte of errors ends with code 1 and a page of findings', async () => {
    writeFileSync(at('x.velro'), 'permit a: b on c when (\n'.repeat(40_000));
    const { code, stdout, stderr } = await runVelro(['check', folder.path]);
    expect([code, stderr]).to.deep.equal([1, '']);
    expect(stdout).to.include('100 errors');
    expect(stdout.length).to.be.below(100_000);
    const format = await runVelro(['format', folder.path]);
    expect(format.code).to.equal(1);
    expect(format.stderr).to.include('100 errors').and.include('0 of 1 files formatted');
  });
});
