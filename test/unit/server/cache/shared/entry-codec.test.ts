import { deepStrictEqual } from 'node:assert';
import { createHmac, createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseIp, parseNetwork } from '../../../../../src/dsl/types/parse-ip.ts';
import type { Schema } from '../../../../../src/dsl/types/schema.ts';
import {
  emptyRecord,
  type Outcome,
  Reference,
  setOf,
  UNKNOWN,
  ValueMap,
} from '../../../../../src/dsl/types/values.ts';
import {
  decodeEntry,
  encodeEntry,
  LONGEST_ENTRY,
} from '../../../../../src/server/cache/shared/entry-codec.ts';
import { sharedKeyOf } from '../../../../../src/server/cache/shared/shared-key.ts';
import { decodeValue, encodeValue } from '../../../../../src/server/cache/shared/value-codec.ts';
import { LoadedFacts } from '../../../../../src/server/facts/sql/loaded-facts.ts';
import { generatedCases } from '../../../../support/generated-case.ts';
import { LAW_TIMEOUT, lawSettings } from '../../../../support/laws.ts';
import {
  contentOf,
  entryOf,
  expectedOf,
  LOADED_AT,
  SCOPE,
  SECRET,
} from '../../../../support/shared-entries.ts';

const BUNDLES = 20;

function factsOf(attributes: Readonly<Record<string, Outcome>>): LoadedFacts {
  const facts = new LoadedFacts({ entities: new Map() } as unknown as Schema);
  const record = emptyRecord();
  for (const name of Object.keys(attributes)) record[name] = attributes[name];
  facts.add('user', 'ann', { attributes: record, unread: [] });
  return facts;
}

function entriesOf(facts: LoadedFacts | undefined): unknown[] {
  return [...(facts?.entries() ?? [])];
}

describe('shared entries', function () {
  this.timeout(LAW_TIMEOUT);

  it('give the facts of generated bundles again, exactly', () => {
    const { runs, seed } = lawSettings(BUNDLES);
    let values = 0;
    for (const one of fc.sample(generatedCases(10), { numRuns: runs, seed })) {
      for (const scenario of one.scenarios) {
        const { facts } = one.both.question(scenario);
        const slice = new LoadedFacts(one.bundle);
        for (const { type, id } of scenario.records) {
          const found = facts.record(type, id);
          if (found === undefined) continue;
          const names = [...(one.bundle.entities.get(type)?.attributes.keys() ?? [])];
          slice.add(type, id, found && { attributes: { ...found.attributes }, unread: names.slice(0, 1) });
          values += found === null ? 0 : Object.keys(found.attributes).length;
        }
        slice.add('nobody', 'looked for in vain', null);
        const read = decodeEntry(entryOf(contentOf({ facts: slice })), expectedOf({ schema: one.bundle }));
        // As it is, except that records are made as those that are read from rows.
        deepStrictEqual(plain(entriesOf(read?.facts)), plain(entriesOf(slice)));
      }
    }
    expect(values).to.be.above(runs * 5);
  });

  it('give every kind of value again', () => {
    const address = parseIp('::ffff:10.0.0.1');
    const network = parseNetwork('2001:db8::/32');
    if (address === undefined || network === undefined) throw new Error('no addresses');
    const nested = emptyRecord();
    nested['__proto__'] = 'no prototype';
    nested['constructor'] = UNKNOWN;
    nested['absent'] = undefined;
    const keys = new Map<string | number | boolean, Outcome>([
      ['user:ann', new Reference('user', 'ann')],
      [1, 1],
      ['1', '1'],
      [true, true],
    ]) as ValueMap['keys'];
    const values = new Map<string | number | boolean, Outcome>([
      ['user:ann', UNKNOWN],
      [1, setOf([1, 2], true)],
      ['1', [UNKNOWN, 'x', nested]],
      [true, new Reference('team', '__proto__')],
    ]) as ValueMap['values'];
    const all: Outcome[] = [
      undefined,
      UNKNOWN,
      true,
      false,
      '',
      'text \ud800 \u0000 ☃ "',
      0,
      -0,
      0.1,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_VALUE,
      Number.NaN,
      Infinity,
      -Infinity,
      new Reference('user', 'a:b'),
      address,
      network,
      setOf([address, network, 'x', new Reference('user', 'ann')]),
      new ValueMap(keys, values, true),
      [],
      nested,
    ];
    for (const value of all) {
      const read = decodeValue(JSON.parse(JSON.stringify(encodeValue(value))));
      // Compares prototypes and the sign of zero as well.
      deepStrictEqual(read, value);
    }
    expect(Object.keys(decodeValue(JSON.parse(JSON.stringify(encodeValue(nested)))) as object)).to.deep.equal(
      ['__proto__', 'constructor', 'absent'],
    );
  });

  it('change no prototype, whatever attributes are called', () => {
    const facts = factsOf(JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}'));
    const read = decodeEntry(entryOf(contentOf({ facts })), expectedOf());
    const record = read?.facts.record('user', 'ann');
    expect(Object.keys(record?.attributes ?? {})).to.deep.equal(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>)['a']).to.equal(undefined);
    expect(Object.getPrototypeOf({})).to.equal(Object.prototype);
  });

  it('are refused after any change of any bit, and when they were cut or grew', () => {
    const bytes = entryOf(contentOf({ facts: factsOf({ status: 'active' }) }));
    expect(decodeEntry(bytes, expectedOf())?.sliceKey).to.equal('abc|user|ann');
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(decodeEntry(changed, expectedOf()), `bit ${bit} of byte ${at}`).to.equal(undefined);
      }
      expect(decodeEntry(bytes.subarray(0, at), expectedOf()), `${at} bytes`).to.equal(undefined);
    }
    expect(decodeEntry(Buffer.concat([bytes, Buffer.from(' ')]), expectedOf())).to.equal(undefined);
  });

  it('are refused when they are foreign', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeEntry(Buffer.from(bytes), expectedOf())).to.equal(undefined);
        expect(decodeEntry(Buffer.from([1, ...bytes]), expectedOf())).to.equal(undefined);
      }),
    );
    const other = createSecretKey(Buffer.alloc(32, 8));
    expect(decodeEntry(entryOf(contentOf(), other), expectedOf())).to.equal(undefined);
  });

  it('are refused under any other key', () => {
    const bytes = entryOf(contentOf());
    const elsewhere = [
      expectedOf({ sliceKey: 'abc|user|ben' }),
      expectedOf({ scope: 'another' }),
      // Somebody names the key as it was written, and expects something else there.
      expectedOf({ sliceKey: 'abc|user|ben', key: sharedKeyOf(SCOPE, 'abc|user|ann') }),
      expectedOf({ scope: 'another', key: sharedKeyOf(SCOPE, 'abc|user|ann') }),
    ];
    for (const expected of elsewhere) expect(decodeEntry(bytes, expected)).to.equal(undefined);
  });

  it('are refused when they are too old, or from the future', () => {
    const bytes = entryOf(contentOf({ lifetime: 5_000 }));
    const isRead = (now: number): boolean => decodeEntry(bytes, expectedOf({ now })) !== undefined;
    expect(isRead(LOADED_AT - 2_000)).to.equal(true);
    expect(isRead(LOADED_AT - 2_001)).to.equal(false);
    expect(isRead(LOADED_AT + 4_999)).to.equal(true);
    expect(isRead(LOADED_AT + 5_000)).to.equal(false);
  });

  it('are neither written nor read when they are too long', () => {
    const facts = factsOf({ text: 'x'.repeat(LONGEST_ENTRY) });
    expect(encodeEntry('key', contentOf({ facts }), SECRET)).to.equal(undefined);
    expect(decodeEntry(Buffer.alloc(LONGEST_ENTRY + 1, 1), expectedOf())).to.equal(undefined);
  });

  it('are refused, and nothing fails, when an instance wrote nonsense', () => {
    const { key } = expectedOf();
    for (const text of NONSENSE) {
      const body = Buffer.from(text);
      const proof = createHmac('sha256', SECRET)
        .update(`velro shared slice 1 ${Buffer.byteLength(key)}:${key}`)
        .update(body)
        .digest();
      const bytes = Buffer.concat([Buffer.from([1]), proof, body]);
      expect(decodeEntry(bytes, expectedOf()), text).to.equal(undefined);
    }
  });
});

const GOOD = [SCOPE, 'abc|user|ann', 'load', '1:1:', false, LOADED_AT, 60_000];
const NONSENSE = [
  'null',
  '{',
  '[]',
  '{"__proto__":[]}',
  ...[
    [...GOOD, [], [[0, 'x']]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x']]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', [99]]]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', {}]]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', [5, false, [5, false]]]]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', [6, false, 'half']]]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', [8, 'half']]]],
    [...GOOD, [['user', ['a'], []]], [[0, 'x', [3, 5, '?', 1]]]],
    [...GOOD, [['user', ['a'], []]], [[-1, 'x', 1]]],
    [...GOOD, [['user', ['a'], [], 0]], []],
    [...GOOD, [], [['user', 'x', 'more']]],
    [...GOOD, [], [['user', 7]]],
    [...GOOD, [], [], 'more'],
  ].map((json) => JSON.stringify(json)),
];

/** Records without the way in which they were made. */
function plain(entries: readonly unknown[]): unknown {
  return entries.map((entry) => {
    const { record, ...rest } = entry as {
      record: { attributes: object; unread: readonly string[] } | null;
    };
    return { ...rest, record: record && { ...record, attributes: { ...record.attributes } } };
  });
}
