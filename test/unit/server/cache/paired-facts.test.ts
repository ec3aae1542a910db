import { expect } from 'chai';
import fc from 'fast-check';
import type { Schema } from '../../../../src/dsl/types/schema.ts';
import { type Outcome, UNKNOWN } from '../../../../src/dsl/types/values.ts';
import { PairedFacts } from '../../../../src/server/cache/paired-facts.ts';
import { LoadedFacts } from '../../../../src/server/facts/sql/loaded-facts.ts';

const SCHEMA = { entities: new Map([['service', { storage: 'supplied' }]]) } as unknown as Schema;
const NAMES = ['a', 'b', 'c', 'd'];

/** A record as it is, absent attributes left out, and which attributes each load reads. */
const CASES = fc.record({
  values: fc.array(fc.option(fc.nat(), { nil: undefined }), { minLength: 4, maxLength: 4 }),
  one: fc.subarray(NAMES),
  other: fc.subarray(NAMES),
});

function loaded(values: readonly (number | undefined)[], read: readonly string[]): LoadedFacts {
  const attributes: Record<string, Outcome> = {};
  for (const [index, name] of NAMES.entries()) {
    const value = read.includes(name) ? values[index] : UNKNOWN;
    if (value !== undefined) attributes[name] = value;
  }
  const facts = new LoadedFacts(SCHEMA);
  facts.add('user', 'x', { attributes, unread: NAMES.filter((name) => !read.includes(name)) });
  return facts;
}

describe('paired facts', () => {
  it('know of a record what either has read, and of the rest nothing', () => {
    fc.assert(
      fc.property(CASES, ({ values, one, other }) => {
        const record = new PairedFacts(loaded(values, one), loaded(values, other)).record('user', 'x');
        for (const [index, name] of NAMES.entries()) {
          const isRead = one.includes(name) || other.includes(name);
          expect(record?.attributes[name], name).to.equal(isRead ? values[index] : UNKNOWN);
        }
      }),
    );
  });

  it('know what either found, or looked for in vain', () => {
    const [one, other] = [new LoadedFacts(SCHEMA), new LoadedFacts(SCHEMA)];
    const record = { attributes: {}, unread: [] };
    one.add('user', 'a', null);
    other.add('user', 'a', record);
    other.add('user', 'b', null);
    const facts = new PairedFacts(one, other);
    expect(facts.record('user', 'a')).to.equal(record);
    expect(facts.record('user', 'b')).to.equal(null);
    expect(facts.record('user', 'c')).to.equal(undefined);
    expect(facts.record('service', 'd')).to.equal(null);
  });
});
