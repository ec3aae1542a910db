import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../../../src/server/config/start-error.ts';
import { lockFile } from '../../../../../src/server/store/embedded/folder-lock.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const MODULE = new URL('../../../../../src/server/store/embedded/folder-lock.ts', import.meta.url).href;

describe('lockFile', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('lets one at a time have it, and names who does', () => {
    const path = join(folder.path, 'lock');
    const unlock = lockFile(path, 'the thing');
    expect(() => lockFile(path, 'the thing')).to.throw(
      StartError,
      `the thing is in use by process ${process.pid}; one process at a time can open it`,
    );
    unlock();
    lockFile(path, 'the thing')();
  });

  it('is free again when its process is killed, and goes to one of those who want it', async () => {
    const path = join(folder.path, 'lock');
    const script = `import { lockFile } from ${JSON.stringify(MODULE)};
      try { lockFile(${JSON.stringify(path)}, 'it'); console.log('mine'); setInterval(() => {}, 1000); }
      catch (error) { console.log(error.message); }`;
    const start = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const said = async (child: ReturnType<typeof spawn>): Promise<string> =>
      String(((await once(child.stdout!, 'data')) as [Buffer])[0]).trim();
    const first = start();
    expect(await said(first)).to.equal('mine');
    expect(readFileSync(`${path}.pid`, 'utf8')).to.equal(`${first.pid}\n`);
    expect(() => lockFile(path, 'it')).to.throw(StartError, `process ${first.pid}`);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const rivals = [start(), start(), start()];
    const answers = await Promise.all(rivals.map(said));
    for (const rival of rivals) rival.kill('SIGKILL');
    expect(answers.filter((answer) => answer === 'mine')).to.have.length(1);
  });
});
