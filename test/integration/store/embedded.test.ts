import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../src/server/config/start-error.ts';
import { OPENING_TIMEOUT, openEmbedded } from '../../support/databases.ts';
import { ROOT } from '../../support/project-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the embedded database', function embedded() {
  this.timeout(2 * OPENING_TIMEOUT);
  const folder = temporaryFolder();

  it('has everything that it acknowledged to a process that was killed, and lets one process in at a time', async () => {
    // What a process left that died while it made the database.
    mkdirSync(join(folder.path, 'database'));
    writeFileSync(join(folder.path, 'database', 'PG_VERSION'), '18\n');
    const writer = spawn(process.execPath, [join(ROOT, 'test/support/embedded-child.ts'), folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    writer.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    while (said.split('\n').length < 100) await once(writer.stdout, 'data');

    const other = await openEmbedded(folder.path);
    const refusal = await other.query('read', { text: 'select 1' }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StartError);
    expect((refusal as Error).message).to.include(`is in use by process ${writer.pid}`);

    expect(other.status().pools['embedded']).to.include({ state: 'critical' });

    writer.kill('SIGKILL');
    await once(writer, 'close');
    // The last line may be torn; it was acknowledged only if it is whole.
    const acknowledged = said.split('\n').slice(0, -1).map(Number);
    // It opens for the same one that was refused.
    const { rows } = await other.query('read', { text: 'select n from acknowledged order by n' });
    expect(rows.map(({ n }) => n)).to.include.members(acknowledged);
    expect(other.status().pools['embedded']).to.include({ state: 'healthy', connections: 1 });
    await other.close();
    expect(await other.query('read', { text: 'select 1' }).catch((error: Error) => error.message)).to.include(
      'was closed',
    );
  });

  it('is not made before it is used', async () => {
    const database = await openEmbedded(folder.path);
    expect(database.status().pools['embedded']).to.include({ connections: 0, most: 1 });
    await database.close();
    expect(existsSync(join(folder.path, 'database'))).to.equal(false);
  });
});
