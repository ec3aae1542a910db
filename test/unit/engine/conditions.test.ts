import { expect } from 'chai';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import type { Asking } from './support/ask.ts';
import { outcomeOf } from './support/conditions.ts';

type Outcome = 'true' | 'false' | 'unknown';
type Row = readonly [condition: string, expected: Outcome, asking?: Asking];

/** One test for each row: a condition, what it comes to, and in which world. */
function table(rows: readonly Row[]): void {
  for (const [condition, expected, asking] of rows) {
    const where = asking === undefined ? '' : ` with ${JSON.stringify(asking, replaceFunctions)}`;
    it(`${condition} is ${expected}${where}`, () => {
      expect(outcomeOf(condition, asking)).to.equal(expected);
    });
  }
}

function replaceFunctions(_: string, value: unknown): unknown {
  return typeof value === 'function' ? 'a source' : value;
}

/** The world in which the optional boolean has this value. */
const flag = (value: boolean | undefined): Asking => ({
  context: value === undefined ? {} : { flag: value },
});

describe('conditions', () => {
  describe('the three-valued connectives', () => {
    const values = { t: true, f: false, u: undefined } as const;
    const and = {
      tt: 'true',
      tf: 'false',
      tu: 'unknown',
      ft: 'false',
      ff: 'false',
      fu: 'false',
      ut: 'unknown',
      uf: 'false',
      uu: 'unknown',
    };
    const or = {
      tt: 'true',
      tf: 'true',
      tu: 'true',
      ft: 'true',
      ff: 'false',
      fu: 'unknown',
      ut: 'true',
      uf: 'unknown',
      uu: 'unknown',
    };
    const implies = {
      tt: 'true',
      tf: 'false',
      tu: 'unknown',
      ft: 'true',
      ff: 'true',
      fu: 'true',
      ut: 'true',
      uf: 'unknown',
      uu: 'unknown',
    };
    const world = (key: string): Asking => {
      const [left, right] = key.split('').map((one) => values[one as 't' | 'f' | 'u']);
      // The right one stands in the store, where a required value that is missing is unknown.
      return { ...flag(left), facts: { 'doc:d': right === undefined ? { open: null } : { open: right } } };
    };
    for (const [name, outcomes] of Object.entries({ and, or, implies })) {
      for (const [key, expected] of Object.entries(outcomes)) {
        it(`${key[0]} ${name} ${key[1]} is ${expected}`, () => {
          if (name !== 'implies') {
            expect(outcomeOf(`context.flag ${name} resource.open`, world(key))).to.equal(expected);
            return;
          }
          // Left of `implies` an optional attribute may only be read where it is there: both sides are required ones.
          const ann = { level: { t: 'high', f: 'low', u: null }[key[1] as 't' | 'f' | 'u'] };
          const doc = { open: values[key[0] as 't' | 'f' | 'u'] ?? null };
          const facts = { 'user:ann': ann, 'doc:d': doc };
          expect(outcomeOf(`resource.open implies subject.level == high`, { facts })).to.equal(expected);
        });
      }
    }
    table([
      ['not resource.open', 'false'],
      ['not resource.open', 'true', { facts: { 'doc:d': { open: false } } }],
      ['not resource.open', 'unknown', { facts: { 'doc:d': { open: null } } }],
      ['not (resource.open and resource.size > 9)', 'true'],
      ['true and true and true and resource.open', 'true'],
      ['false or false or false or resource.open', 'true'],
    ]);
  });

  describe('comparisons', () => {
    table([
      ['subject.age == 30', 'true'],
      ['subject.age != 30', 'false'],
      ['subject.age < 31', 'true'],
      ['subject.age <= 30', 'true'],
      ['subject.age > 30', 'false'],
      ['subject.age >= 31', 'false'],
      ['subject.age == 30', 'unknown', { facts: { 'user:ann': { age: null } } }],
      ['subject.age != 30', 'unknown', { facts: { 'user:ann': { age: 'many' } } }],
      ['subject.level >= mid', 'true'],
      ['subject.level > mid', 'false'],
      ['subject.level < high', 'true'],
      ['subject.level < high', 'unknown', { facts: { 'user:ann': { level: 'highest' } } }],
      ['low < subject.level', 'true'],
      ['resource.owner == subject', 'true'],
      ['resource.owner != subject', 'false'],
      ['subject == user("ann")', 'true'],
      ['subject == user("bob")', 'false'],
      ['context.text == "a"', 'true', { context: { text: 'a' } }],
      ['context.text == "a"', 'unknown'],
      ['context.text < "b"', 'true', { context: { text: 'a' } }],
      ['context.ratio > 0.5', 'true', { context: { ratio: 0.75 } }],
      ['context.ip == ip("10.0.0.1")', 'true', { context: { ip: '::ffff:10.0.0.1' } }],
      ['context.number == 1', 'true', { context: { number: 1.0 } }],
      ['context.number == 1', 'unknown', { context: { number: '1' } }],
      ['subject.id == "ann"', 'true'],
      ['resource.owner.id == "ann"', 'true'],
      ['(subject.age > 1) == resource.open', 'true'],
      ['(subject.age > 1) == resource.open', 'unknown', { facts: { 'user:ann': { age: null } } }],
    ]);
  });

  describe('presence', () => {
    table([
      ['has subject.nick', 'false'],
      ['has subject.nick', 'true', { facts: { 'user:ann': { nick: 'a' } } }],
      ['has subject.nick', 'unknown', { facts: { 'user:ann': { nick: 7 } } }],
      ['has subject.team', 'false'],
      ['has subject.team.owner', 'false'],
      ['has subject.team.owner', 'unknown', { facts: { 'user:ann': { team: 't' } } }],
      ['has subject.team.owner', 'false', { facts: { 'user:ann': { team: 't' }, 'team:t': { name: 'T' } } }],
      [
        'has subject.team.owner',
        'true',
        { facts: { 'user:ann': { team: 't' }, 'team:t': { name: 'T', owner: 'bob' } } },
      ],
      ['has context.detail', 'false'],
      ['has context.detail.note', 'false', { context: { detail: { size: 1 } } }],
      ['has context.detail.note', 'true', { context: { detail: { size: 1, note: 'n' } } }],
      ['has context.detail.note', 'unknown', { context: { detail: 'none' } }],
      ['context.detail.size == 1', 'unknown', { context: { detail: { note: 'n' } } }],
      ['has subject.ranks[team("t")]', 'false'],
      ['has subject.ranks[team("t")]', 'true', { facts: { 'user:ann': { ranks: { t: 'low' } } } }],
      ['has subject.ranks[team("t")]', 'unknown', { facts: { 'user:ann': { ranks: { t: 'lower' } } } }],
      ['has subject.ranks[subject.team]', 'unknown'],
      ['exists resource.owner', 'true'],
      ['exists resource.owner', 'false', { facts: { 'doc:d': { owner: 'bob' } } }],
      [
        'exists resource.owner',
        'unknown',
        { facts: { 'doc:d': { owner: 'bob' }, 'user:bob': 'unavailable' } },
      ],
      ['exists subject.team', 'false'],
      ['exists context.badge', 'true', { context: { badge: { id: 'b', properties: { name: 'B' } } } }],
      ['exists context.badge', 'unknown', { context: { badge: 'b' } }],
      ['has context.badge.color', 'false', { context: { badge: { id: 'b', properties: { name: 'B' } } } }],
      ['has context.badge.color', 'unknown', { context: { badge: 'b' } }],
      ['context.badge.name == "B"', 'true', { context: { badge: { id: 'b', properties: { name: 'B' } } } }],
      ['context.badge.name == "B"', 'unknown', { context: { badge: { id: 'b', properties: {} } } }],
    ]);
  });

  describe('sources of attributes', () => {
    const stored = { facts: { 'user:ann': { locale: 'de', device: 'stored', age: 30 } } };
    table([
      ['subject.age == 30', 'true', { subjectProperties: { age: 99 } }],
      ['subject.device == "phone"', 'true', { subjectProperties: { device: 'phone' } }],
      ['subject.device == "stored"', 'unknown', stored],
      ['subject.locale == "de"', 'true', stored],
      ['subject.locale == "fr"', 'true', { ...stored, subjectProperties: { locale: 'fr' } }],
      ['subject.locale == "de"', 'unknown', { ...stored, subjectProperties: { locale: 7 } }],
      ['subject.score == 3', 'true', { facts: { 'user:ann': { score: 3 } } }],
      ['subject.score == 3', 'unknown', { subjectProperties: { score: 3 } }],
      ['resource.size == 5', 'true', { resourceProperties: { size: 6 } }],
    ]);
  });

  describe('references to several types', () => {
    const held = (holder: unknown): Asking => ({ facts: { 'doc:d': { holder }, 'team:t': { name: 'T' } } });
    table([
      ['has resource.holder and resource.holder is team', 'true', held({ type: 'team', id: 't' })],
      ['has resource.holder and resource.holder is user', 'false', held({ type: 'team', id: 't' })],
      ['resource.holder is user', 'unknown'],
      [
        'has resource.holder and resource.holder is team and resource.holder.name == "T"',
        'true',
        held({ type: 'team', id: 't' }),
      ],
      [
        'has resource.holder and resource.holder is team and resource.holder.name == "T"',
        'false',
        held({ type: 'user', id: 'ann' }),
      ],
      [
        'has resource.holder and resource.holder is user and resource.holder == subject',
        'true',
        held({ type: 'user', id: 'ann' }),
      ],
    ]);
  });

  describe('sets and lists', () => {
    const tags = (...items: readonly unknown[]): Asking => ({ facts: { 'user:ann': { tags: items } } });
    const labels = (...items: readonly unknown[]): Asking => ({ facts: { 'doc:d': { labels: items } } });
    table([
      ['subject.tags contains "a"', 'false'],
      ['subject.tags contains "a"', 'true', tags('a', 'b')],
      ['"a" in subject.tags', 'true', tags('a')],
      ['subject.tags contains "a"', 'unknown', tags('b', 7)],
      ['subject.tags contains "b"', 'true', tags('b', 7)],
      ['subject.tags contains "a"', 'unknown', { facts: { 'user:ann': { tags: 'a' } } }],
      ['subject.tags contains any {"a", "c"}', 'true', tags('a', 'b')],
      ['subject.tags contains any {"c"}', 'false', tags('a', 'b')],
      ['subject.tags contains any {"c"}', 'unknown', tags('a', 7)],
      ['subject.tags contains all {"a", "b"}', 'true', tags('a', 'b', 'c')],
      ['subject.tags contains all {"a", "d"}', 'false', tags('a', 'b')],
      ['subject.tags contains all {"a", "d"}', 'unknown', tags('a', 7)],
      ['{"a", "b"} contains all subject.tags', 'unknown', tags('a', 7)],
      ['{"b"} contains all subject.tags', 'false', tags('a', 7)],
      ['resource.labels contains "a"', 'unknown', labels('b', 7)],
      ['resource.labels contains "b"', 'true', labels('b', 7)],
      ['resource.kind in {image, video}', 'true'],
      ['resource.kind in {image, audio}', 'false'],
      ['resource.kind in [image, audio]', 'false'],
      ['resource.kind in {image}', 'unknown', { facts: { 'doc:d': { kind: 'film' } } }],
      ['subject in [resource.owner, user("bob")]', 'true'],
      ['user("eve") in [resource.owner, user("bob")]', 'false'],
      ['user("eve") in [resource.owner, user("bob")]', 'unknown', { facts: { 'doc:d': { owner: null } } }],
      ['user("eve") in {resource.owner, user("bob")}', 'unknown', { facts: { 'doc:d': { owner: null } } }],
      ['user("bob") in {resource.owner, user("bob")}', 'true', { facts: { 'doc:d': { owner: null } } }],
      ['set.size(subject.tags) == 2', 'true', tags('a', 'b')],
      ['set.size(subject.tags) == 2', 'unknown', tags('a', 'b', 7)],
      ['set.is_empty(subject.tags)', 'true'],
    ]);
  });

  describe('quantifiers', () => {
    const tags = (...items: readonly unknown[]): Asking => ({ facts: { 'user:ann': { tags: items } } });
    const editors = (...items: readonly unknown[]): Asking => ({
      facts: { 'doc:d': { editors: items }, 'user:bob': { status: 'audio', age: 9, level: 'low' } },
    });
    table([
      ['any tag in subject.tags: (tag == "a")', 'false'],
      ['any tag in subject.tags: (tag == "a")', 'true', tags('b', 'a')],
      ['any tag in subject.tags: (tag == "a")', 'unknown', tags('b', 7)],
      ['every tag in subject.tags: (tag != "a")', 'true'],
      ['every tag in subject.tags: (tag != "a")', 'false', tags('a', 7)],
      ['every tag in subject.tags: (tag != "a")', 'unknown', tags('b', 7)],
      ['any tag in subject.tags: (true)', 'unknown', tags(7)],
      ['any one in resource.editors: (one.age < 10)', 'true', editors('ann', 'bob')],
      ['every one in resource.editors: (one.age < 10)', 'false', editors('ann', 'bob')],
      ['any one in resource.editors: (one.age < 10)', 'unknown', editors('ann', 'eve')],
      ['any one in resource.editors: (true)', 'true', editors(7)],
      ['every one in resource.editors: (one.age > 1)', 'unknown', editors('ann', 7)],
      [
        'any key in subject.ranks: (key.name == "T")',
        'true',
        { facts: { 'user:ann': { ranks: { t: 'low' } }, 'team:t': { name: 'T' } } },
      ],
      [
        'any one in resource.editors: (any tag in one.tags: (tag == one.id))',
        'true',
        { facts: { 'doc:d': { editors: ['ann'] }, 'user:ann': { tags: ['ann'] } } },
      ],
    ]);
  });

  describe('closures', () => {
    const person = (boss: string | null) => ({ status: 'audio', age: 9, level: 'low', boss });
    const chain = (...names: readonly string[]): Asking => ({
      facts: Object.fromEntries(names.map((name, at) => [`user:${name}`, person(names[at + 1] ?? null)])),
    });
    const groups = (facts: Readonly<Record<string, readonly string[] | null>>): Asking => ({
      facts: {
        'user:ann': { groups: ['g'] },
        ...Object.fromEntries(
          Object.entries(facts).map(([name, parents]) => [`group:${name}`, parents && { parents }]),
        ),
      },
    });
    table([
      ['subject.bosses contains user("b")', 'true', chain('ann', 'b', 'c')],
      ['subject.bosses contains user("c")', 'true', chain('ann', 'b', 'c')],
      ['subject.bosses contains subject', 'false', chain('ann', 'b', 'c')],
      ['subject.bosses contains user("d")', 'unknown', chain('ann', 'b', 'c', 'd')],
      ['subject.bosses contains user("b")', 'true', chain('ann', 'b', 'c', 'd')],
      ['set.size(subject.bosses) == 2', 'true', chain('ann', 'b', 'c')],
      ['set.size(subject.bosses) == 2', 'unknown', chain('ann', 'b', 'c', 'd')],
      ['set.is_empty(subject.bosses)', 'true'],
      // ann -> b -> ann: a cycle is visited once, and nothing lies beyond it.
      [
        'set.size(subject.bosses) == 2',
        'true',
        { facts: { 'user:ann': person('b'), 'user:b': person('ann') } },
      ],
      [
        'subject.bosses contains user("x")',
        'false',
        { facts: { 'user:ann': person('b'), 'user:b': person('ann') } },
      ],
      ['subject.bosses contains user("x")', 'unknown', { facts: { 'user:ann': person('b') } }],
      ['every one in subject.bosses: (one.age == 9)', 'unknown', chain('ann', 'b', 'c', 'd')],
      ['every one in subject.bosses: (one.age == 8)', 'false', chain('ann', 'b', 'c', 'd')],
      ['subject.all_groups contains group("g")', 'true', groups({ g: [] })],
      ['subject.all_groups contains group("h")', 'true', groups({ g: ['h'], h: [] })],
      ['subject.all_groups contains group("x")', 'false', groups({ g: ['h', 'i'], h: ['i'], i: [] })],
      ['subject.all_groups contains group("x")', 'unknown', groups({ g: ['h'], h: ['i'], i: ['j'], j: [] })],
      ['subject.all_groups contains group("i")', 'true', groups({ g: ['h'], h: ['i'], i: ['j'], j: [] })],
      ['subject.all_groups contains group("x")', 'unknown', groups({ g: null })],
    ]);
  });

  describe('arithmetic', () => {
    table([
      ['subject.age + 1 == 31', 'true'],
      ['subject.age * 2 - 10 == 50', 'true'],
      ['-subject.age == 0 - 30', 'true'],
      ['subject.age + 9007199254740991 > 0', 'unknown'],
      ['subject.age * 9007199254740991 > 0', 'unknown'],
      ['subject.age + 1 == 31', 'unknown', { facts: { 'user:ann': { age: null } } }],
      ['context.ratio * 2.0 > 1.0', 'unknown', { context: { ratio: 1.7e308 } }],
      ['now - context.at < 15m', 'true', { context: { at: '2026-01-05T11:50:00Z' } }],
      ['now - context.at < 15m', 'false', { context: { at: '2026-01-05T11:40:00Z' } }],
      ['context.at + 15m > now', 'unknown'],
      ['context.span + context.span == 30m', 'true', { context: { span: '15m' } }],
    ]);
  });

  describe('networks, patterns and builtins', () => {
    const country = (outcome: 'FR' | undefined | typeof UNKNOWN) => (): Asking => ({
      context: { ip: '203.0.113.7' },
      sources: { 'geo.country': () => outcome },
    });
    table([
      ['context.ip in cidr("10.0.0.0/8")', 'true', { context: { ip: '10.1.2.3' } }],
      ['context.ip in cidr("10.0.0.0/8")', 'false', { context: { ip: '11.1.2.3' } }],
      ['context.ip in cidr("10.0.0.0/8")', 'false', { context: { ip: '::a01:203' } }],
      ['context.ip in cidr("10.0.0.0/8")', 'unknown'],
      ['context.ip in context.network', 'true', { context: { ip: '10.1.2.3', network: '10.1.0.0/16' } }],
      ['context.text matches "a+"', 'true', { context: { text: 'aaa' } }],
      ['context.text matches "a+"', 'false', { context: { text: 'aab' } }],
      ['context.text matches "a+"', 'unknown'],
      ['string.starts_with(context.text, "a")', 'true', { context: { text: 'abc' } }],
      ['string.starts_with(context.text, "a")', 'unknown'],
      ['string.lower("ABC") == "abc"', 'true'],
      ['has geo.country(context.ip)', 'true', country('FR')()],
      ['has geo.country(context.ip)', 'false', country(undefined)()],
      ['has geo.country(context.ip)', 'unknown', country(UNKNOWN)()],
      ['has geo.country(context.ip)', 'false', { context: { ip: '203.0.113.7' } }],
      ['has geo.country(context.ip)', 'unknown', { sources: { 'geo.country': () => 'FR' } }],
      ['geo.country(context.ip) == "FR"', 'true', country('FR')()],
      ['geo.country(context.ip) == "FR"', 'unknown', country(undefined)()],
    ]);

    it('count a source that throws as failed', () => {
      const broken = (): never => {
        throw new Error('broken');
      };
      const asking = { context: { ip: '203.0.113.7' }, sources: { 'geo.country': broken } };
      expect(outcomeOf('has geo.country(context.ip)', asking)).to.equal('unknown');
    });
  });
});
