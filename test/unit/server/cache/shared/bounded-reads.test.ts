import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { BoundedReads } from '../../../../../src/server/cache/shared/bounded-reads.ts';

/** A store whose questions are answered when the test says so. */
function store() {
  const questions: { keys: readonly string[]; answer: () => void; fail: () => void }[] = [];
  const read = (keys: readonly string[]) =>
    new Promise<readonly (string | undefined)[]>((resolve, reject) => {
      questions.push({
        keys,
        answer: () => resolve(keys.map((key) => (key === 'none' ? undefined : key.toUpperCase()))),
        fail: () => reject(new Error('gone')),
      });
    });
  return { questions, read };
}

describe('bounded reads', () => {
  it('ask at once for what is wanted in one turn, and give each what it wanted', async () => {
    const { questions, read } = store();
    const reads = new BoundedReads({ atOnce: 1, most: 10, read });
    const found = Promise.all([reads.get(['a', 'none']), reads.get(['b']), reads.get(['a'])]);
    await turn();
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a', 'none', 'b', 'a']]);
    questions[0]?.answer();
    expect(await found).to.deep.equal([['A', undefined], ['B'], ['A']]);
  });

  it('ask for all that came meanwhile when a question has ended, and for nothing beyond their bounds', async () => {
    const { questions, read } = store();
    const reads = new BoundedReads({ atOnce: 2, most: 3, read });
    const wanted = [reads.get(['a'])];
    await turn();
    wanted.push(reads.get(['b']));
    await turn();
    wanted.push(reads.get(['c']), reads.get(['d', 'e']));
    await turn();
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a'], ['b']]);
    expect(await reads.get(['f']), 'no room').to.deep.equal([undefined]);
    questions[0]?.answer();
    await turn();
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a'], ['b'], ['c', 'd', 'e']]);
    const last = reads.get(['f', 'g', 'h']);
    for (const { answer } of questions) answer();
    await turn();
    questions.at(-1)?.answer();
    expect(await Promise.all(wanted)).to.deep.equal([['A'], ['B'], ['C'], ['D', 'E']]);
    expect(await last).to.deep.equal(['F', 'G', 'H']);
  });

  it('fail for those who wanted what failed, and go on', async () => {
    const { questions, read } = store();
    const reads = new BoundedReads({ atOnce: 1, most: 10, read });
    const failures = Promise.allSettled([reads.get(['a']), reads.get(['b'])]);
    await turn();
    const next = reads.get(['c']);
    questions[0]?.fail();
    expect((await failures).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    await turn();
    questions[1]?.answer();
    expect(await next).to.deep.equal(['C']);
  });
});
