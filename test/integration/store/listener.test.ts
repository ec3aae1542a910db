import { expect } from 'chai';
import pg from 'pg';
import { createListener } from '../../../src/server/store/listener.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';

describe('the connection that listens', function () {
  this.timeout(180_000);
  const database = postgresDatabase();
  const prototype = pg.Client.prototype as unknown as {
    query: (this: object, text: string) => Promise<unknown>;
  };
  const { query } = prototype;
  /** Statements that a connection has not answered yet, at most. */
  let most = 0;
  before(() => {
    const open = new WeakMap<object, number>();
    prototype.query = async function counting(text) {
      const now = (open.get(this) ?? 0) + 1;
      open.set(this, now);
      most = Math.max(most, now);
      try {
        return await query.call(this, text);
      } finally {
        open.set(this, (open.get(this) ?? 0) - 1);
      }
    };
  });
  after(() => {
    prototype.query = query;
  });

  it('is asked one thing after the other, whoever begins and ends to listen at once', async () => {
    const listener = createListener(database.url);
    const heard: string[] = [];
    let gaps = 0;
    const begin = (channel: string): ReturnType<typeof listener.listen> =>
      listener.listen(
        channel,
        (payload) => void heard.push(`${channel} ${payload}`),
        () => void (gaps += 1),
      );
    const first = await begin('zero');
    most = 0;
    const others = await Promise.all(['one', 'two', 'three'].map(begin));
    expect(most).to.equal(1);
    expect(gaps).to.be.at.least(4);
    await database.run(`notify zero, 'a'; notify three, 'b'`);
    await eventually('both are heard', () => heard.length === 2);
    expect(heard).to.deep.equal(['zero a', 'three b']);
    await Promise.all([first, ...others].map((end) => end()));
    expect(most).to.equal(1);
    await listener.close();
  });
});
