import { expect } from 'chai';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { applyFixes } from '../../../../src/dsl/lint/apply-fixes.ts';
import { exampleSources } from '../../../../src/dsl/lint/example.ts';
import { lintBundle } from '../../../../src/dsl/lint/lint-bundle.ts';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';

/** The messages of one rule about a layer of the examples' schema. */
function found(rule: string, declarations: string, options: object = {}): string[] {
  const { bundle, diagnostics } = loadBundle(exampleSources(declarations));
  if (bundle === undefined) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return lintBundle(bundle, {
    only: new Set([rule]),
    settings: new Map([[rule, { options }]]),
    isIgnored: (path) => path === 'schema.velro',
  }).map(({ message }) => message);
}
const permit = (condition: string, name = 'p', scope = 'read, update on document by user') =>
  `permit ${name}: ${scope} when ${condition}\n`;

describe('unreachable-rule', () => {
  const never = [
    'resource.status == draft and resource.status == published',
    'resource.status == draft and resource.status != draft',
    'resource.status != draft and resource.status != review and resource.status != published and resource.status != archived',
    'resource.status in {draft, review} and resource.status in {published, archived}',
    'resource.pages < 3 and resource.pages > 5',
    'resource.pages > 3 and resource.pages < 4',
    '3 > resource.pages and 5 < resource.pages',
    'resource.pages == 3 and not resource.pages in {3, 4}',
    'subject.active and not subject.active',
    'resource.owner == subject and subject != resource.owner',
    'subject.clearance > middle and resource.pages == 1 and subject.clearance < high',
    'has context.agent and not has context.agent',
    '(resource.status == draft or resource.status == review) and resource.status == archived',
    'resource.status == draft and (subject.active implies resource.status == review) and subject.active',
    'not (resource.status == draft implies resource.status == draft)',
    'resource.changed_at > now and not resource.changed_at > now',
  ];
  for (const condition of never) {
    it(`finds ${condition}`, () => {
      expect(found('unreachable-rule', permit(condition))).to.deep.equal([
        '`p` never applies: its condition contradicts itself',
      ]);
    });
  }

  const open = [
    'resource.status == draft or resource.status == published',
    'resource.status == draft and resource.owner.active',
    'resource.pages < 3 and resource.pages > 1',
    'resource.pages >= 3 and resource.pages <= 3',
    'resource.secrecy == low and subject.clearance == high',
    'subject.clearance >= middle and subject.clearance < high',
    '(resource.status == draft or subject.active) and resource.status == archived',
    'any reviewer in resource.reviewers: (reviewer.active) and any reviewer in resource.reviewers: (not reviewer.active)',
    'resource.changed_at > now - 1d and resource.changed_at < now + 1d',
    'resource.tags contains "a" and not resource.tags contains "b"',
  ];
  for (const condition of open) {
    it(`leaves ${condition} alone`, () => {
      expect(found('unreachable-rule', permit(condition))).to.deep.equal([]);
    });
  }

  it('says of a forbid that it forbids what is unknown', () => {
    const text = `${permit('subject.active')}forbid f: update on document when resource.pages < 1 and resource.pages > 1`;
    expect(found('unreachable-rule', text)).to.deep.equal([
      '`f` never applies: its condition contradicts itself, and forbids only what is unknown',
    ]);
  });

  it('finds contradictions of bounds of risk', () => {
    expect(found('unreachable-rule', permit('risk < 20 and risk > 80'))).to.have.length(1);
    expect(found('unreachable-rule', permit('risk > 20 and risk < 80'))).to.deep.equal([]);
  });
});

describe('subsumed-rule', () => {
  const adds = '`q` adds nothing: `p` before it permits all of the same';
  const pairs: [wide: string, narrow: string][] = [
    ['subject.active', 'subject.active and resource.pages == 1'],
    ['resource.pages < 5', 'resource.pages < 3'],
    ['resource.pages <= 5', 'resource.pages == 5'],
    ['resource.status != archived', 'resource.status in {draft, review}'],
    ['subject.clearance >= middle', 'subject.clearance == high'],
    ['subject.active or resource.pages < 5', 'subject.active'],
    ['subject.active or resource.pages < 5', 'resource.pages < 3 and resource.owner == subject'],
    [
      'resource.status in {draft, review}',
      'resource.status == draft or resource.status == review and subject.active',
    ],
    ['resource.owner == subject', 'subject == resource.owner and subject.active'],
    ['not subject.active', 'not (subject.active or resource.pages > 3)'],
    ['true', 'subject.active'],
  ];
  for (const [wide, narrow] of pairs) {
    it(`finds ${narrow} behind ${wide}`, () => {
      expect(found('subsumed-rule', permit(wide) + permit(narrow, 'q'))).to.deep.equal([adds]);
    });
    it(`leaves ${narrow} before ${wide} alone, for its reason`, () => {
      expect(found('subsumed-rule', permit(narrow) + permit(wide, 'q'))).to.deep.equal([]);
    });
  }

  it('leaves alone what covers more, is on at another time, or says the same', () => {
    const wide = permit('subject.active');
    const narrow = 'subject.active and resource.pages == 1';
    const scope = 'read, update, delete on document by user';
    expect(found('subsumed-rule', wide + permit(narrow, 'q', scope))).to.deep.equal([]);
    expect(found('subsumed-rule', wide + permit(narrow, 'q', 'read on document by user'))).to.deep.equal([
      adds,
    ]);
    expect(found('subsumed-rule', wide + permit('subject.active', 'q'))).to.deep.equal([]);
    const forbids = `${wide}mode m { forbid a: update on document when resource.pages < 5 }\n`;
    expect(
      found('subsumed-rule', `${forbids}forbid b: update on document when resource.pages < 3`),
    ).to.deep.equal([]);
    expect(
      found(
        'subsumed-rule',
        `${wide}forbid b: update on document when resource.pages < 5\nmode m { forbid a: update on document when resource.pages < 3 }`,
      ),
    ).to.deep.equal(['`a` adds nothing: `b` before it forbids all of the same']);
  });

  it('finds one among thousands that share a part of its condition', () => {
    const crowd = Array.from({ length: 2000 }, (_, index) =>
      permit(`resource.owner == subject and resource.pages == ${index}`, `c${index}`),
    );
    const wide = permit('resource.owner == subject and resource.tags contains "x"');
    const narrow = permit(
      'resource.tags contains "x" and resource.pages == 1 and resource.owner == subject',
      'q',
    );
    expect(found('subsumed-rule', [wide, ...crowd, narrow].join(''))).to.deep.equal([adds]);
  });

  it('sees parts through `unless` and `implies`', () => {
    const text = `${permit('subject.active')}forbid f: update on document when has context.agent
forbid g: update on document unless has context.agent implies context.agent == "x"`;
    expect(found('subsumed-rule', text)).to.deep.equal([
      '`g` adds nothing: `f` before it forbids all of the same',
    ]);
  });
});

describe('constant-comparison', () => {
  const constant: [condition: string, value: boolean][] = [
    ['subject.clearance >= low', true],
    ['subject.clearance < low', false],
    ['subject.clearance <= high', true],
    ['high < subject.clearance', false],
    ['set.size(resource.tags) >= 0', true],
    ['set.size(resource.tags) < 0', false],
    ['string.length(resource.id) > -1', true],
    ['subject in {}', false],
    ['resource.status in {draft, review, published, archived}', true],
    ['resource.owner == resource.owner', true],
    ['resource.pages < resource.pages', false],
    ['resource.owner == service("x")', false],
    ['resource.owner is user', true],
    ['risk >= 0', true],
    ['risk > 100', false],
    ['uuid.version(resource.id) <= 15', true],
  ];
  for (const [condition, value] of constant) {
    it(`finds that ${condition} is ${value}`, () => {
      const messages = found('constant-comparison', permit(condition));
      expect(messages).to.have.length(1);
      expect(messages[0]).to.include(`this is ${value} of everything that is known`);
    });
  }

  const open = [
    'subject.clearance >= middle',
    'subject.clearance <= resource.secrecy',
    'set.size(resource.tags) > 0',
    'string.length(resource.id) <= 0',
    'resource.status in {draft, review, published}',
    'resource.owner == subject',
    'risk >= 100',
    'resource.pages >= 0',
  ];
  for (const condition of open) {
    it(`leaves ${condition} alone`, () => {
      expect(found('constant-comparison', permit(condition))).to.deep.equal([]);
    });
  }

  it('judges a `let` by all of its uses, and parameters not at all', () => {
    const text = `let reaches(minimum: level) = subject.clearance >= minimum\n${permit('reaches(low)')}`;
    expect(found('constant-comparison', text)).to.deep.equal([]);
    const mine = 'let mine = resource.owner == subject\n';
    const scope = 'read on document';
    expect(found('constant-comparison', mine + permit('mine', 'p', scope))).to.deep.equal([]);
    expect(found('constant-comparison', mine + permit('mine', 'p', `${scope} by service`))).to.have.length(1);
  });
});

describe('other rules', () => {
  it('unused-let follows what used ones use', () => {
    const lets = 'let a = b and c\nlet b = subject.active\nlet c = b\nlet d = e\nlet e = subject.active\n';
    expect(found('unused-let', lets + permit('a'))).to.deep.equal([
      'nothing uses the `let` `d`',
      'nothing uses the `let` `e`',
    ]);
  });

  it('unused-let removes first what no other unused one uses', () => {
    let sources = exampleSources(`let a = subject.active\nlet b = a\n${permit('subject.active')}`);
    const lets = (): string[] =>
      sources.flatMap(({ text }) => [...text.matchAll(/^let (\w+)/gm)].map(([, name]) => name!));
    const seen = [lets()];
    for (let round = 0; round < 2; round += 1) {
      const { bundle } = loadBundle(sources);
      sources = [...applyFixes(sources, lintBundle(bundle!, { only: new Set(['unused-let']) })).sources];
      seen.push(lets());
    }
    expect(seen).to.deep.equal([['a', 'b'], ['a'], []]);
  });

  it('unused-declaration finds sets, fixtures, enums and roles', () => {
    const text = `actions used { read }
actions unused { read }
enum shade { dark, bright }
role nobody {}
role reader { read on document }
role helper extends reader {}
fixture empty { context { ip: "203.0.113.7" } }
${permit('subject.active', 'p', 'used on document by user')}`;
    expect(found('unused-declaration', text).toSorted()).to.deep.equal([
      'nothing uses the enum `shade`',
      'nothing uses the fixture `empty`',
      'nothing uses the role `nobody`',
      'nothing uses the set of actions `unused`',
    ]);
  });

  it('unconditional-destruction looks into sets of actions and through certain conditions', () => {
    const scope = (actions: string) => `${actions} on document by user`;
    const say = (text: string) => found('unconditional-destruction', text);
    expect(say(permit('true', 'p', scope('any')))).to.deep.equal(['`p` permits `delete` to whoever asks']);
    expect(say(permit('subject is user', 'p', scope('delete')))).to.have.length(1);
    expect(say(permit('true', 'p', scope('update')))).to.deep.equal([]);
    expect(say(permit('subject.active', 'p', scope('delete')))).to.deep.equal([]);
    expect(say(`actions destructive { update }\n${permit('true', 'p', scope('update'))}`)).to.deep.equal([
      '`p` permits `update` to whoever asks',
    ]);
  });

  it('repeated-equality finds runs of three, and not of risk', () => {
    const say = (condition: string) => found('repeated-equality', permit(condition));
    expect(say('resource.pages == 1 or resource.pages == 2 or resource.pages == 3')).to.have.length(1);
    expect(
      say('resource.pages == 1 or resource.pages == 2 or subject.active or resource.pages == 3'),
    ).to.deep.equal([]);
    expect(say('resource.pages == 1 or subject.clearance == low or resource.pages == 2')).to.deep.equal([]);
    expect(say('risk == 1 or risk == 2 or risk == 3')).to.deep.equal([]);
  });

  it('magic-number leaves lets, small numbers and texts alone', () => {
    const say = (condition: string) => found('magic-number', `let many = 300\n${permit(condition)}`);
    expect(say('resource.pages > many')).to.deep.equal([]);
    expect(say('resource.pages > 1')).to.deep.equal([]);
    expect(say('resource.id == "300"')).to.deep.equal([]);
    expect(say('resource.pages * 2 > many')).to.deep.equal(['2 has no name that says what it means']);
    expect(say('resource.changed_at > now - 15m')).to.deep.equal(['15m has no name that says what it means']);
    const allow = [2, '15m'];
    const both = permit('resource.pages * 2 > 1 and resource.changed_at > now - 900s');
    expect(found('magic-number', both, { allow })).to.deep.equal(['1 has no name that says what it means']);
  });

  it('duplicate-condition counts in lets too, and not what hangs on bound names', () => {
    const long = 'subject.active and resource.pages > 1';
    const say = (text: string) => found('duplicate-condition', text);
    expect(say(`let a = ${long}\n${permit(long)}${permit(long, 'q')}`)).to.deep.equal([
      `\`${long}\` is written in 3 places`,
    ]);
    expect(say(permit(long) + permit(long, 'q'))).to.deep.equal([]);
    const body = '(reviewer.active and reviewer != subject)';
    const bound = ['any', 'every', 'any'].map((word, index) =>
      permit(`${word} reviewer in resource.reviewers: ${body} and resource.pages > ${index}`, `p${index}`),
    );
    expect(say(bound.join(''))).to.deep.equal([]);
    const whole = `any reviewer in resource.reviewers: ${body}`;
    expect(say(permit(whole) + permit(whole, 'q') + permit(whole, 'r'))).to.deep.equal([
      `\`${whole}\` is written in 3 places`,
    ]);
  });

  it('unused-attribute knows closures, redactions, limits and advice', () => {
    const text = `entity page stored {
  up: page?
  above: set<page> = closure(up, depth 3)
  hidden: string
  shelf: string
  label: string
  idle: string
}
action read on page by user
redact resource.hidden drop
limit l: read on page by user for each resource.shelf to 5 per 1m
permit p: read on page when resource.above contains resource advise see(label: resource.label)
`;
    expect(found('unused-attribute', text)).to.deep.equal(['no policy reads `page.idle`']);
  });
});
