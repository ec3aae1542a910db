import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bannerText, curlCommand } from '../../../src/server/banner.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const server = {
  url: 'http://127.0.0.1:3010',
  keyFile: '/somewhere/.velro/key',
  policy: { version: '1.2', digest: `sha256:${'ab'.repeat(32)}`, layers: 10 },
  database: 'embedded, in .velro/database',
};
const demo = { permitted: { at: '$NOW' }, denied: { text: "it's" } };
const options = { name: 'Velro', server, data: '.velro', policies: 'policies', demo };

describe('banner', () => {
  const folder = temporaryFolder();

  it('says where the server, the policies and the key are', () => {
    const text = bannerText(options);
    for (const part of [
      server.url,
      '10 layers',
      'version 1.2',
      'sha256:abababababab',
      '.velro/key',
      server.database,
    ])
      expect(text).to.include(part);
  });

  it('says which version answers where that comes from the database', () => {
    const text = bannerText({
      ...options,
      server: { ...server, policy: { ...server.policy, published: 7 } },
    });
    expect(text).to.include('policies  version 7 in the database, 10 layers');
  });

  it('has two commands, each on a line of its own', () => {
    const commands = bannerText(options)
      .split('\n')
      .filter((line) => line.startsWith('curl '));
    expect(commands).to.have.length(2);
    expect(commands[0]).to.include('$(cat /somewhere/.velro/key)').and.include('date -u');
  });

  it('takes the key from the environment when it came from there', () => {
    const text = bannerText({ ...options, server: { ...server, keyFile: undefined } });
    expect(text).to.include('Bearer $VELRO_API_KEY').and.not.include('$(cat');
  });

  it('does without commands when there is no demo', () => {
    expect(bannerText({ ...options, demo: undefined })).not.to.include('curl');
  });

  for (const shell of ['sh', 'bash', 'zsh', 'dash']) {
    const path = ['/bin', '/usr/bin']
      .map((bin) => join(bin, shell))
      .find((candidate) => existsSync(candidate));
    // Not every machine has every shell; `sh` is on all of them.
    if (path === undefined && shell !== 'sh') continue;
    it(`commands mean in ${shell} what they say, also with quotes and blanks in paths`, () => {
      const data = join(folder.path, "it's my $data");
      mkdirSync(data);
      writeFileSync(join(data, 'key'), 'the-key\n');
      const text = bannerText({
        ...options,
        server: { ...server, keyFile: join(data, 'key') },
        demo: { permitted: { at: '$NOW', nested: ['$NOW', 'it\'s "$HOME" `x` \\ !!'] }, denied: {} },
      });
      const command = text.split('\n').find((line) => line.startsWith('curl '))!;
      const script = `curl() { for word in "$@"; do printf '%s\\n' "$word"; done; }\n${command}`;
      const words = execFileSync(path ?? 'sh', ['-c', script], { encoding: 'utf8' })
        .trimEnd()
        .split('\n');
      expect(words).to.have.length(10);
      expect(words.slice(0, 7)).to.deep.equal([
        '-sS',
        '-w',
        '\\n',
        '-H',
        'Authorization: Bearer the-key',
        '-H',
        'Content-Type: application/json',
      ]);
      expect(words.at(-1)).to.equal('http://127.0.0.1:3010/decide');
      const body = JSON.parse(words[8]!) as { at: string; nested: string[] };
      expect(Date.parse(body.at)).to.be.closeTo(Date.now(), 10_000);
      expect(body.at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(body.nested[1]).to.equal('it\'s "$HOME" `x` \\ !!');
    });
  }

  it('quotes addresses that a shell would read otherwise', () => {
    expect(curlCommand('http://[::1]:3010', 'k', {})).to.include("'http://[::1]:3010/decide'");
  });
});
