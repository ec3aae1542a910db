import { expect } from 'chai';
import { fixPolicies } from '../../../src/cli/fix-policies.ts';
import { exampleSources } from '../../../src/dsl/lint/example.ts';

const configuration = { path: undefined, settings: new Map(), isIgnored: () => false };
const fix = (example: string) => {
  const { sources, fixed } = fixPolicies(exampleSources(example), { configuration });
  return { text: sources[0]?.text ?? '', rules: fixed.map(({ rule }) => rule ?? '').toSorted() };
};

const forbid = (name: string, status: string) =>
  `forbid ${name}: delete on document\n  when resource.status == ${status}\n`;
const TEST = `test "an archived document stays" {
  subject user ada {}
  resource document plan { owner: ada, status: archived }
  expect deny delete by ownership.a
}
`;

describe('fixing policies', () => {
  it('goes on until nothing is left to fix', () => {
    const { text, rules } = fix(
      'let fresh = resource.pages > 1\n\npermit p: read on document\n  when subject is user and (true and fresh) and (fresh and true)\n',
    );
    expect(rules).to.deep.equal(['redundant-operand', 'redundant-operand', 'redundant-operand']);
    expect(text).to.match(/when subject is user and fresh\n$/);
  });

  it('makes the fixes that change nothing, and leaves out those after which a test has an error', () => {
    const text = [
      forbid('a', 'archived'),
      forbid('b', 'archived'),
      forbid('c', 'archived'),
      'let idle = 1\n',
      TEST,
    ];
    const naming = TEST.replace('an archived document stays', 'another').replace(
      'ownership.a',
      'ownership.b',
    );
    const good = fix(text.join('\n'));
    expect(good.rules).to.deep.equal(['duplicate-rule', 'duplicate-rule', 'unused-let']);
    // A test that already fails may fail as it did; one that names a rule that would be gone keeps it.
    const kept = fix([...text, naming].join('\n'));
    expect(kept.rules).to.deep.equal(['duplicate-rule', 'unused-let']);
    expect(kept.text).to.contain('forbid b').and.to.not.contain('forbid c');
  });

  it('changes no bundle with errors', () => {
    expect(fix('let idle = 1\nlet wrong = nonsense\n').rules).to.deep.equal([]);
  });
});
