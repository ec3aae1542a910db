import { expect } from 'chai';
import type { Change } from '../../../../src/engine/explain/types.ts';
import { type Asking, engineOf, explain } from '../support/ask.ts';

const SCHEMA = `
enum kind { plain, special }
entity user from table users {
  id: int
  roles: set<role> = {}
  boss: user?
  supplied device: device?
  supplied spare: device?
  fans: set<user> = {}
}
entity device supplied { os: string, labels: set<string> = {"none"} }
entity team stored { name: string, size: int, motto: string? }
entity doc from table docs {
  owner: user
  team: team?
  about: team | doc?
  tags: set<string>
  notes: list<string> = []
  kinds: set<kind> = {}
}
context { ip: ip, path: string, code: string, agent: string, names: list<string> = [] }
action read on doc by user
require access
`;

/** Made up, as all else here: what a question is that nothing but the rule in question denies. */
const PLAIN: Asking = {
  subject: 'user:7',
  context: { ip: '203.0.113.9', path: '/', code: 'x', agent: 'Mozilla/5.0 (X11) Firefox/140.0' },
  facts: { 'user:7': {}, 'doc:d': { owner: 8, tags: [] } },
};

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** What stands in a layer of its own. */
function changesOf(rule: string, question: Asking = {}): readonly Change[] | null {
  const rules = rule.startsWith('forbid') ? `permit everybody: any on any when true\n${rule}` : rule;
  const engine = engineOf(SCHEMA, `layer 3 access version 1 grants access\n${rules}`);
  return explain(engine, { ...PLAIN, ...question }).changes;
}

/** A change in short: what it is about, and what stands there then. */
function inShort({ path, edit }: Change): unknown {
  switch (edit.kind) {
    case 'value':
      return [path, edit.to];
    case 'elements':
      return [
        path,
        ...edit.add.map((one) => `+${String(one)}`),
        ...edit.remove.map((one) => `-${String(one)}`),
      ];
    case 'record':
      return [`${edit.entity.type}:${edit.entity.id}`, edit.attributes];
    case 'time':
      return ['now', edit.to];
    default:
      return edit;
  }
}

describe('the search for changes', () => {
  const rows: readonly (readonly [
    what: string,
    rule: string,
    changes: readonly unknown[],
    asking?: Asking,
  ])[] = [
    [
      'makes a record that is missing',
      'permit a: any on any when exists resource.team',
      [['team:t', { name: 'example', size: 1 }]],
      { facts: { ...PLAIN.facts, 'doc:d': { owner: 8, tags: [], team: 't' } } },
    ],
    [
      'lets a reference lead to something that is there',
      'permit a: any on any when exists resource.owner',
      [['resource.owner', '7']],
    ],
    [
      'leaves out what must not be there',
      'forbid a: any on any when exists resource.team',
      [['resource.team', null]],
      {
        facts: {
          ...PLAIN.facts,
          'doc:d': { owner: 8, tags: [], team: 't' },
          'team:t': { name: 'T', size: 1 },
        },
      },
    ],
    [
      'refers to another type',
      'permit a: any on any when has resource.about and resource.about is doc',
      [['resource.about', { type: 'doc', id: 'd' }]],
      {
        facts: { ...PLAIN.facts, 'doc:d': { owner: 8, tags: [], about: { type: 'team', id: 't' } } },
      },
    ],
    [
      'spells out what a plain pattern asks for',
      'permit a: any on any when context.code matches "(red|green)"',
      [['context.code', 'red']],
    ],
    [
      'finds a text that a pattern does not fit',
      'forbid a: any on any when context.code matches "[a-z]"',
      [['context.code', 'example']],
    ],
    [
      'starts a text as it must',
      'permit a: any on any when string.starts_with(context.path, "/api/")',
      [['context.path', '/api/']],
    ],
    [
      'ends a text as it must',
      'permit a: any on any when string.ends_with(context.path, ".png")',
      [['context.path', '.png']],
    ],
    [
      'follows a pattern of paths',
      'permit a: any on any when path.matches(context.path, "/docs/:id/*")',
      [['context.path', '/docs/1/1']],
    ],
    [
      'makes a text as long as it must be',
      'permit a: any on any when string.length(context.code) >= 12',
      [['context.code', 'x'.repeat(12)]],
    ],
    [
      'takes another user agent',
      'forbid a: any on any when agent.is_bot(context.agent)',
      [['context.agent', FIREFOX]],
      { context: { ...PLAIN.context, agent: 'curl/8.0' } },
    ],
    [
      'takes an address of one of several networks',
      'permit a: any on any when any one in [cidr("10.0.0.0/8"), cidr("192.168.0.0/16")]: (context.ip in one)',
      [['context.ip', '10.0.0.0']],
    ],
    [
      'takes an address of none of several networks',
      'forbid a: any on any when any one in [cidr("192.0.2.0/24"), cidr("203.0.113.0/24"), cidr("10.0.0.0/8")]: (context.ip in one)',
      [['context.ip', '198.51.100.1']],
    ],
    [
      'waits for the hour of a clock',
      'permit a: any on any when time.hour(now, "UTC") >= 15',
      [['now', '2026-01-05T15:00:00Z']],
    ],
    [
      'waits for a window of two conditions',
      'permit a: any on any when time.hour(now, "UTC") >= 9 and time.hour(now, "UTC") < 11',
      [['now', '2026-01-06T09:00:00Z']],
    ],
    [
      'adds to a default',
      'permit a: any on any when has subject.device and subject.device.labels contains "ours"',
      [['subject.device.labels', '+ours']],
      { subjectProperties: { device: { id: 'd1', properties: { os: 'x' } } } },
    ],
    [
      'gives a list that was absent an element',
      'permit a: any on any when resource.notes contains "seen"',
      [['resource.notes', '+seen']],
    ],
    [
      'takes two elements out of one set as one change',
      'forbid a: any on any when resource.tags contains "a" or resource.tags contains "b"',
      [['resource.tags', '-a', '-b']],
      { facts: { ...PLAIN.facts, 'doc:d': { owner: 8, tags: ['a', 'b', 'c'] } } },
    ],
    [
      'lets a collection lose what stands against the rule',
      'permit a: any on any when every one in resource.tags: (one == "a")',
      [['resource.tags', '-b']],
      { facts: { ...PLAIN.facts, 'doc:d': { owner: 8, tags: ['a', 'b'] } } },
    ],
    [
      'lets a collection gain what the rule asks for',
      'permit a: any on any when any one in context.names: (one == "me")',
      [['context.names', '+me']],
    ],
    [
      'refers to an id that the key of the entity allows',
      'forbid a: any on any when resource.owner == user("8")',
      [['resource.owner', '7']],
    ],
    [
      'changes the id of a reference with the reference',
      'permit a: any on any when resource.owner.id == subject.id',
      [['resource.owner', '7']],
    ],
    [
      'fills a path step by step',
      'permit a: any on any when has resource.team and resource.team.size > 3',
      [
        ['resource.team', '5f0c9a1e-7d34-4b62-9e8a-2c41d6b3f708'],
        ['team:5f0c9a1e-7d34-4b62-9e8a-2c41d6b3f708', { name: 'example', size: 1 }],
        ['resource.team.size', 4],
      ],
    ],
    [
      'asks a source once there is something to ask it',
      'forbid a: any on any when has geo.country(context.ip) and geo.country(context.ip) == "XX"',
      [['context.ip', '192.0.2.1']],
      { context: { path: '/', code: 'x', agent: 'x' } },
    ],
    [
      'says more of what the request names',
      'permit a: any on any when has subject.device and subject.device.os == "linux"',
      [['subject.device.os', 'linux']],
      { subjectProperties: { device: 'd1' } },
    ],
  ];
  for (const [what, rule, changes, asking] of rows) {
    it(what, () => {
      expect((changesOf(rule, asking) ?? []).map(inShort)).to.deep.equal(changes);
    });
  }

  it('turns the signals that make up a risk', () => {
    const engine = engineOf(
      SCHEMA,
      'layer 3 access version 1 grants access\npermit everybody: any on any when true',
      `layer 10 limits version 1
signal bot: any on any weight 40 when agent.is_bot(context.agent)
signal odd: any on any weight 30 when context.code == "odd"
signal few: any on any weight 20 when set.is_empty(resource.tags)
forbid risky: any on any when risk >= 60`,
    );
    const context = { ...PLAIN.context, agent: 'curl/8.0', code: 'odd' };
    const { changes } = explain(engine, { ...PLAIN, context });
    expect(changes?.map(inShort)).to.deep.equal([['context.agent', FIREFOX]]);
  });

  it('knows that what is left out of a request takes along what was said of it', () => {
    const { changes } = explain(
      engineOf(
        SCHEMA,
        `layer 3 access version 1 grants access
permit a: any on any when has subject.spare and subject.spare.os == "x"
forbid b: any on any when has subject.device`,
      ),
      {
        ...PLAIN,
        subjectProperties: {
          device: { id: 'd1', properties: { os: 'x' } },
          spare: { id: 'd2', properties: { os: 'y' } },
        },
      },
    );
    expect(changes?.map(inShort)).to.deep.equal([
      ['subject.device', null],
      ['subject.spare.os', 'x'],
    ]);
  });

  it('says when it ended early, and names nothing that it did not try', () => {
    const pairs = Array.from({ length: 12 }, (_, at) => [`a${at}`, `b${at}`] as const);
    const engine = engineOf(
      SCHEMA.replace(
        'context {',
        `context { ${pairs
          .flat()
          .map((name) => `${name}: bool`)
          .join(', ')}, `,
      ),
      `layer 3 access version 1 grants access
permit a: any on any when ${pairs.map(([a, b]) => `(context.${a} or context.${b})`).join(' and ')}`,
    );
    const { changes, searchEndedEarly } = explain(engine, PLAIN);
    expect([changes?.length, searchEndedEarly]).to.deep.equal([12, true]);
  });
});
