import { expect } from 'chai';
import type { Triple } from '../../../../src/dsl/check/bundle.ts';
import { Reference } from '../../../../src/dsl/types/values.ts';
import { HotQuestions } from '../../../../src/server/cache/hot-questions.ts';

const READ = { action: 'read' } as Triple;
const askedBy = (hot: HotQuestions, id: string, times: number): void => {
  for (let n = 0; n < times; n += 1)
    hot.note(READ, { subject: new Reference('user', id), resource: new Reference('item', 'one') });
};
const subjectsOf = (hot: HotQuestions, count = 10): string[] =>
  hot.top(count).map(({ question }) => question.subject.id);

describe('hot questions', () => {
  it('are those that are asked most, the hottest first', () => {
    const hot = new HotQuestions(100);
    askedBy(hot, 'ann', 40);
    askedBy(hot, 'ben', 400);
    askedBy(hot, 'cat', 4);
    expect(subjectsOf(hot)).to.deep.equal(['ben', 'ann', 'cat']);
    expect(hot.top(1)[0]).to.deep.equal({
      question: {
        action: 'read',
        subject: { type: 'user', id: 'ben' },
        resource: { type: 'item', id: 'one' },
      },
      heat: 100,
    });
  });

  it('are few, however many are asked, and the hot ones stay among them', () => {
    const hot = new HotQuestions(100);
    for (let n = 0; n < 20_000; n += 1) {
      askedBy(hot, `once ${n}`, 4);
      if (n % 10 === 0) askedBy(hot, 'ann', 4);
      expect(hot.size).to.be.at.most(100);
    }
    expect(subjectsOf(hot, 1)).to.deep.equal(['ann']);
  });

  it('cool down, and are forgotten in the end', () => {
    const hot = new HotQuestions(100);
    askedBy(hot, 'ann', 40);
    askedBy(hot, 'ben', 8);
    for (let n = 0; n < 3; n += 1) hot.cool(0.5);
    expect(subjectsOf(hot)).to.deep.equal(['ann']);
    askedBy(hot, 'cat', 12);
    expect(subjectsOf(hot)).to.deep.equal(['cat', 'ann']);
    hot.forget(hot.top(1)[0]!.question);
    expect(subjectsOf(hot)).to.deep.equal(['ann']);
  });

  it('count on from what was known before', () => {
    const hot = new HotQuestions(2);
    askedBy(hot, 'ann', 8);
    const before = new HotQuestions(10);
    askedBy(before, 'ben', 40);
    askedBy(before, 'ann', 20);
    askedBy(before, 'cat', 4);
    hot.learn(before.top(10));
    expect(hot.top(10).map(({ heat }) => heat)).to.deep.equal([10, 7]);
  });
});
