import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually as waitUntil } from '../../support/eventually.ts';
import { jsonLines, SMALL_BUNDLE, SMALL_FACTS } from '../../support/small-bundle.ts';
import { serverFor } from '../../support/test-server.ts';

describe('a server that watches', function () {
  this.timeout(180_000);
  const server = serverFor('each', () => ({ watch: true }));

  const eventually = (what: string, holds: () => Promise<boolean> | boolean): Promise<void> =>
    waitUntil(what, holds, () => server.reports.join(' | '));
  const write = (name: string, text: string): void => writeFileSync(join(server.policies, name), text);
  const permits = async (subject: string, action: string, resource: string): Promise<boolean> =>
    (await server.decide(subject, action, resource)).body.decision as boolean;

  it('lets an edit count, as a new version', async () => {
    const before = (await server.decide('bob', 'update', 'd1')).body;
    expect(before.decision).to.equal(false);
    write(
      'access.velro',
      SMALL_BUNDLE['access.velro']!.replace('version 3', 'version 4').replace(
        'permit reader: read on',
        'permit reader: read, update on',
      ),
    );
    await eventually('the edit', () => permits('bob', 'update', 'd1'));
    const { policy } = (await server.decide('bob', 'update', 'd1')).body.context;
    expect(policy.version).to.equal('1.4.1.1.1.1');
    expect(policy.digest).not.to.equal(before.context.policy.digest);
    expect((await server.call('/readyz?verbose')).body.policy.digest).to.equal(policy.digest);
  });

  it('reports a broken edit with its place, and what ran before still answers', async () => {
    const { digest } = (await server.decide('alice', 'read', 'd1')).body.context.policy;
    write(
      'access.velro',
      SMALL_BUNDLE['access.velro']!.replace('resource.owner == subject', 'resource.ovner == subject'),
    );
    await eventually('the report', () => server.reports.length > 0);
    expect(server.reports.join('\n'))
      .to.match(/error\[VEL2\d{3}\]/)
      .and.include('access.velro:4')
      .and.include('owner');
    const { body } = await server.decide('alice', 'read', 'd1');
    expect(body.decision).to.equal(true);
    expect(body.context.policy.digest).to.equal(digest);
    expect((await server.call('/readyz')).status).to.equal(200);

    server.reports.length = 0;
    write(
      'access.velro',
      SMALL_BUNDLE['access.velro']!.replace(
        'read on document by user when subject in',
        'read, update on document by user when subject in',
      ),
    );
    await eventually('the repair', () => permits('bob', 'update', 'd1'));
  });

  it('does not fall back to less policy when files vanish', async () => {
    for (const name of Object.keys(SMALL_BUNDLE)) rmSync(join(server.policies, name));
    await eventually('the report', () => server.reports.length > 0);
    expect((await server.decide('carol', 'read', 'd1')).body.context.rule).to.equal('suspended');
  });

  it('follows new files, renamed ones, and editors that replace a file', async () => {
    write(
      'extra.velro',
      'layer 3 extra version 1\nforbid nobody_reads: read on document by user when true because "closed"\n',
    );
    await eventually('the new file', async () => !(await permits('alice', 'read', 'd1')));
    renameSync(join(server.policies, 'extra.velro'), join(server.policies, 'extra.txt'));
    await eventually('the file that is none any more', () => permits('alice', 'read', 'd1'));
    const temporary = join(server.policies, 'access.velro.tmp');
    writeFileSync(
      temporary,
      SMALL_BUNDLE['access.velro']!.replace(
        'when resource.owner == subject\n',
        'when resource.owner != subject\n',
      ),
    );
    renameSync(temporary, join(server.policies, 'access.velro'));
    await eventually('the replaced file', async () => !(await permits('alice', 'read', 'd1')));
  });

  it('follows the facts', async () => {
    const facts = [
      ...SMALL_FACTS,
      { type: 'user', id: 'erin', attributes: { status: 'active', roles: ['member'] } },
    ];
    writeFileSync(
      server.facts,
      jsonLines([...facts, { type: 'document', id: 'd3', attributes: { owner: 'erin' } }]),
    );
    await eventually('the new record', () => permits('erin', 'read', 'd3'));
    writeFileSync(server.facts, jsonLines(SMALL_FACTS));
    await eventually('its removal', async () => !(await permits('erin', 'read', 'd3')));
  });

  it('reports broken facts by line, and the old ones still answer', async () => {
    writeFileSync(server.facts, `${jsonLines(SMALL_FACTS)}{"type":"user","id":"x","attributes":{}}\n`);
    await eventually('the report', () => server.reports.length > 0);
    expect(server.reports.join('\n')).to.include(
      'facts.jsonl:7: error: user lacks the required attribute `status`',
    );
    expect(await permits('alice', 'read', 'd1')).to.equal(true);
  });

  it('does not take policies that the facts do not fit', async () => {
    const schema = readFileSync(join(server.policies, 'schema.velro'), 'utf8');
    write('schema.velro', schema.replace('  title: string?\n', '  title: int?\n'));
    await eventually('the report', () => server.reports.length > 0);
    expect(server.reports.join('\n')).to.include(
      'facts.jsonl:5: error: attributes.title does not fit its type',
    );
    expect(await permits('alice', 'read', 'd1')).to.equal(true);
  });

  it('takes both once they fit together, whichever was edited first', async () => {
    const schema = readFileSync(join(server.policies, 'schema.velro'), 'utf8');
    write('schema.velro', schema.replace('  title: string?\n', '  title: int?\n'));
    await eventually('the report', () => server.reports.length > 0);
    const numbered = jsonLines(SMALL_FACTS).replace('"title":"one"', '"title":1');
    expect(numbered).not.to.equal(jsonLines(SMALL_FACTS));
    writeFileSync(server.facts, numbered);
    const { digest } = (await server.decide('alice', 'read', 'd1')).body.context.policy;
    await eventually(
      'both',
      async () => (await server.decide('alice', 'read', 'd1')).body.context.policy.digest !== digest,
    );
    expect(await permits('alice', 'read', 'd1')).to.equal(true);
  });

  it('takes facts beside policies that are broken', async () => {
    write('broken.velro', 'layer 4 broken\n');
    await eventually('the report', () => server.reports.length > 0);
    writeFileSync(server.facts, jsonLines(SMALL_FACTS.slice(0, -2)));
    await eventually('the facts', async () => !(await permits('alice', 'read', 'd1')));
    expect((await server.decide('alice', 'read', 'd1')).body.context.code).to.equal('unknown_resource');
  });

  it('follows policies and facts that were away for a while', async () => {
    const away = join(server.folder, 'away');
    renameSync(server.policies, away);
    rmSync(server.facts);
    await eventually('the report', () => server.reports.length > 0);
    expect(await permits('alice', 'read', 'd1')).to.equal(true);
    // Longer than a watcher waits for a file that is being replaced.
    await new Promise((resolve) => setTimeout(resolve, 500));
    renameSync(away, server.policies);
    writeFileSync(server.facts, jsonLines(SMALL_FACTS.slice(0, -2)));
    await eventually('the facts that are back', async () => !(await permits('alice', 'read', 'd1')));
    writeFileSync(server.facts, jsonLines(SMALL_FACTS));
    await eventually('an edit of them', () => permits('alice', 'read', 'd1'));
    write(
      'extra.velro',
      'layer 3 extra version 1\nforbid nobody_reads: read on document by user when true because "closed"\n',
    );
    await eventually(
      'an edit in the folder that is back',
      async () => !(await permits('alice', 'read', 'd1')),
    );
  });

  it('answers every request by one bundle while it swaps', async () => {
    const state = { stop: false };
    const wrong: unknown[] = [];
    const ask = async (): Promise<void> => {
      while (!state.stop) {
        const { status, body } = await server.decide('alice', 'read', 'd1');
        if (status !== 200 || body.decision !== true) wrong.push(body);
      }
    };
    const asking = Array.from({ length: 4 }, ask);
    for (let version = 10; version < 14; version += 1) {
      write('access.velro', SMALL_BUNDLE['access.velro']!.replace('version 3', `version ${version}`));
      await eventually(`version ${version}`, async () => {
        const { body } = await server.call('/readyz?verbose');
        return body.policy.version === `1.${version}.1.1.1.1`;
      });
    }
    state.stop = true;
    await Promise.all(asking);
    expect(wrong).to.deep.equal([]);
  });
});
