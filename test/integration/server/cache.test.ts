import { expect } from 'chai';
import { CACHE_TABLES, type CacheServer, startCacheServer, watchTables } from '../../support/cache-scene.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { stopTestServers } from '../../support/test-server.ts';

describe('kept facts', function () {
  this.timeout(60_000);
  const database = postgresDatabase();
  let one: CacheServer;
  let other: CacheServer;
  before(async () => {
    await database.run(CACHE_TABLES);
    one = await startCacheServer(database.url);
    await watchTables(one);
    other = await startCacheServer(database.url);
  });
  after(stopTestServers);

  const isHit = (server: CacheServer, person: string, action: string, item: string) => async () =>
    (await server.ask(person, action, item)).source === 'l1-hit';

  it('answer what was asked before, at every instance', async () => {
    for (const server of [one, other]) {
      await server.settled();
      expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
      expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l1-hit' });
      expect(await server.ask('ann', 'read', 'grandchild')).to.deep.equal({
        permitted: true,
        source: 'miss',
      });
    }
  });

  it('are dropped when a role changes that reaches them through references', async () => {
    for (const server of [one, other]) await eventually('a hit', isHit(server, 'ann', 'read', 'grandchild'));
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    for (const server of [one, other])
      await eventually(
        'the change is seen',
        async () => (await server.ask('ann', 'read', 'grandchild')).permitted === false,
      );
    await database.run(`update memberships set is_active = true where person_id = 'ann'`);
    for (const server of [one, other])
      await eventually(
        'the change is seen',
        async () => (await server.ask('ann', 'read', 'grandchild')).permitted === true,
      );
  });
});
