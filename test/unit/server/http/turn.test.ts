import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { createTurn } from '../../../../src/server/http/turn.ts';

describe('createTurn', () => {
  it('takes the steps of all that are ready before the steps that come of them', async () => {
    const turn = createTurn();
    const taken: string[] = [];
    for (const request of ['a', 'b', 'c']) {
      turn(() => {
        taken.push(`decide ${request}`);
        turn(() => taken.push(`answer ${request}`));
      });
    }
    expect(taken).to.deep.equal([]);
    await nextTurn();
    expect(taken).to.deep.equal(['decide a', 'decide b', 'decide c', 'answer a', 'answer b', 'answer c']);
  });

  it('takes what is ready later in a turn of its own', async () => {
    const turn = createTurn();
    const taken: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      turn(() => taken.push(round));
      await nextTurn();
      expect(taken.length).to.equal(round);
    }
  });

  it('lets nobody wait for more than 63 others', async () => {
    const turn = createTurn();
    let decided = 0;
    const decidedBefore: number[] = [];
    const decide = (): void => {
      decided += 1;
      turn(() => decidedBefore.push(decided));
    };
    for (let request = 0; request < 150; request += 1) turn(decide);
    await nextTurn();
    expect(decidedBefore.length).to.equal(150);
    expect([...new Set(decidedBefore)]).to.deep.equal([64, 128, 150]);
  });

  it('takes the other steps though one has a bug, and goes on after it', async () => {
    const bugs: unknown[] = [];
    const turn = createTurn((error) => bugs.push(error));
    const taken: string[] = [];
    const bug = new Error('a bug');
    turn(() => {
      throw bug;
    });
    turn(() => turn(() => taken.push('other')));
    await nextTurn();
    turn(() => taken.push('later'));
    await nextTurn();
    expect(bugs).to.deep.equal([bug]);
    expect(taken).to.deep.equal(['other', 'later']);
  });
});
