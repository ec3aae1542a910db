import { expect } from 'chai';
import type { Engine } from '../../../../src/engine/engine.ts';
import { engineOf } from '../support/ask.ts';
import { SCHEMA } from '../support/conditions.ts';

function readSetOf(engine: Engine, key: string) {
  const triple = engine.bundle.triplesByKey.get(key);
  if (triple === undefined) throw new Error(`no triple ${key}`);
  return engine.readSet(triple);
}

function reads(condition: string) {
  const engine = engineOf(
    SCHEMA,
    `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`,
  );
  const { paths, ...rest } = readSetOf(engine, 'read|user|doc');
  return { paths: paths.map(({ text, source }) => `${text} (${source})`), ...rest };
}

describe('read sets', () => {
  const rows: readonly (readonly [
    condition: string,
    paths: readonly string[],
    entities: readonly string[],
    purity: string,
  ])[] = [
    ['resource.open', ['resource.open (facts)'], ['doc', 'user'], 'pure'],
    [
      'has subject.team and subject.team.name == "T"',
      ['subject.team (facts)', 'subject.team.name (facts)'],
      ['doc', 'team', 'user'],
      'pure',
    ],
    [
      'has subject.team and has subject.ranks[subject.team]',
      ['subject.ranks[subject.team] (facts)', 'subject.team (facts)'],
      ['doc', 'user'],
      'pure',
    ],
    [
      'context.flag and subject.device == "x"',
      ['context.flag (supplied)', 'subject.device (supplied)'],
      ['doc', 'user'],
      'pure',
    ],
    ['subject.locale == "x"', ['subject.locale (both)'], ['doc', 'user'], 'pure'],
    ['context.badge.name == "x"', ['context.badge.name (supplied)'], ['doc', 'user'], 'pure'],
    ['subject.score == 1', ['subject.score (live)'], ['doc', 'user'], 'live'],
    ['context.at < now', ['context.at (supplied)'], ['doc', 'user'], 'clock'],
    [
      'subject.bosses contains resource.owner',
      ['resource.owner (facts)', 'subject.bosses (facts)'],
      ['doc', 'user'],
      'pure',
    ],
    [
      'subject.all_groups contains group("g")',
      ['subject.all_groups (facts)'],
      ['doc', 'group', 'user'],
      'pure',
    ],
    [
      'any one in resource.editors: (one.age > 3)',
      ['resource.editors (facts)', 'resource.editors[*].age (facts)'],
      ['doc', 'user'],
      'pure',
    ],
    [
      'has resource.holder and exists resource.holder',
      ['resource.holder (facts)'],
      ['doc', 'team', 'user'],
      'pure',
    ],
    ['has geo.country(context.ip)', ['context.ip (supplied)'], ['doc', 'user'], 'live'],
  ];
  for (const [condition, paths, entities, purity] of rows) {
    it(`of \`${condition}\` hold ${paths.join(', ')}`, () => {
      const set = reads(condition);
      expect(set.paths).to.deep.equal(paths);
      expect(set.entities).to.deep.equal(entities);
      expect(set.purity).to.equal(purity);
    });
  }

  it('say at every step whose record holds the attribute', () => {
    const engine = engineOf(
      SCHEMA,
      'layer 1 main version 1 grants access\npermit rule: read on doc when has subject.team and subject.team.name == "T"\n',
    );
    const path = readSetOf(engine, 'read|user|doc').paths.find(({ text }) => text === 'subject.team.name');
    expect(path?.steps).to.deep.equal([
      { name: 'team', owners: ['user'] },
      { name: 'name', owners: ['team'] },
    ]);
  });

  it('take the attributes of a new resource from the request', () => {
    const schema =
      'entity user from table u { name: string }\nentity doc from table d { owner: user, size: int }\naction make on doc by user new\naction read on doc by user\nrequire access\n';
    const engine = engineOf(
      schema,
      'layer 1 main version 1 grants access\npermit own: make, read on doc when resource.owner == subject\n',
    );
    const sourceOf = (key: string): unknown => readSetOf(engine, key).paths.map(({ source }) => source);
    expect(sourceOf('make|user|doc')).to.deep.equal(['supplied']);
    expect(sourceOf('read|user|doc')).to.deep.equal(['facts']);
  });

  it('name the builtins that ask the world', () => {
    expect(reads('has geo.country(context.ip)').builtins).to.deep.equal(['geo.country']);
  });
});
