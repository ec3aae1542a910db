import { expect } from 'chai';
import fc from 'fast-check';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { decodeAttributes } from '../../../../src/dsl/types/decode-attributes.ts';
import { emptyReport } from '../../../../src/dsl/types/decode-report.ts';
import { encode } from '../../../../src/dsl/types/encode.ts';
import type { AttributeInfo } from '../../../../src/dsl/types/schema.ts';
import type { RecordValue } from '../../../../src/dsl/types/values.ts';
import { checkEntity } from '../../../../src/server/entities/check-entity.ts';
import { isWhole } from '../../../../src/server/entities/whole-value.ts';
import { ENTITY_SCHEMA } from '../../../support/entity-server.ts';
import { SMALL_BUNDLE } from '../../../support/small-bundle.ts';

/** What follows from other attributes stands in no store. */
const takes = ({ closure }: AttributeInfo): boolean => closure === undefined;
const files = Object.entries({ ...SMALL_BUNDLE, 'things.velro': ENTITY_SCHEMA });
const loaded = loadBundle(files.map(([path, text]) => new SourceText(path, text)));
const ID = '49e1c7d0-b36a-4f28-9d75-8a02e6f3b51c';

describe('checking entities', () => {
  const { bundle } = loaded;
  if (bundle === undefined) throw new Error('the bundle has errors');
  const { attributes } = bundle.entities.get('thing')!;
  const read = (json: Readonly<Record<string, unknown>>): RecordValue =>
    decodeAttributes(json, attributes, bundle, 'attributes', emptyReport(), { takes });
  const shown = (record: RecordValue): unknown =>
    Object.fromEntries(
      [...attributes.values()].map(({ name, type }) => [name, encode(record[name], type, bundle)]),
    );

  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '__proto__', '\u0000'),
  );
  const time = fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((one) => one.toISOString());
  const id = fc.oneof(fc.constantFrom('alice', 'user:alice', '007', ID.toUpperCase()), fc.nat(), text);
  const reference = fc.record({ type: fc.constantFrom('user', 'document', 'counter', 'team'), id });
  const mood = fc.constantFrom('low', 'high', 'very high', 'top', 'glum');
  /** What fits more often than not. */
  const near: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    flag: fc.boolean(),
    size: fc.oneof(fc.maxSafeInteger(), fc.constant(-0)),
    ratio: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.float()),
    'the label': text,
    label: text,
    key: fc.uuid().map((one) => one.toUpperCase()),
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    network: fc.constantFrom('10.0.0.0/8', '10.0.0.1/8', '2001:DB8::/32', '::/0'),
    at: time,
    lasts: fc.constantFrom('15m', 'PT1H30M', '0s', 'P1D', '-5m'),
    mood,
    owner: fc.oneof(id, fc.record({ id })),
    about: reference,
    tags: fc.array(text),
    steps: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
    moods: fc.dictionary(mood, fc.integer()),
    friends: fc.dictionary(fc.constantFrom('user:alice', 'counter:7', 'counter:07', 'x'), time),
    place: fc.record(
      { street: text, number: fc.integer(), gates: fc.array(fc.record({ open: fc.boolean() })) },
      { requiredKeys: ['street'] },
    ),
    parent: fc.constant(ID),
    nick: text,
  };
  const { flag, 'the label': label, ...others } = near;
  /** A few attributes at a time: of many, one that does not fit would spoil nearly all. */
  const thing = fc
    .subarray(Object.keys(others), { maxLength: 4 })
    .chain((names) =>
      fc.record({
        flag: flag!,
        'the label': fc.oneof({ arbitrary: fc.string(), weight: 9 }, { arbitrary: label!, weight: 1 }),
        ...Object.fromEntries(
          names.map((name) => [
            name,
            fc.oneof(
              { arbitrary: near[name]!, weight: 40 },
              { arbitrary: fc.constant(null), weight: 3 },
              { arbitrary: fc.jsonValue(), weight: 1 },
            ),
          ]),
        ),
      }),
    )
    .map((one) => structuredClone(one));

  it('lets through only what is read back as it was meant', () => {
    let accepted = 0;
    const property = fc.property(thing, (json) => {
      const checked = checkEntity('thing', ID, json, bundle);
      if (!checked.ok) {
        expect(checked.refusal).to.equal('invalid_entity');
        expect(checked.errors!.length).to.be.within(1, 20);
        return;
      }
      accepted += 1;
      const meant = read(json);
      const stored = JSON.parse(JSON.stringify(checked.value.attributes)) as Record<string, unknown>;
      const back = read(stored);
      expect(Object.values(back).every(isWhole)).to.equal(true);
      expect(shown(back)).to.deep.equal(shown(meant));
      const again = checkEntity('thing', ID, stored, bundle);
      expect(again.ok && JSON.stringify(again.value.attributes)).to.equal(JSON.stringify(stored));
    });
    fc.assert(property, { numRuns: 3_000, seed: 11 });
    expect(accepted).to.be.at.least(1_000);
  });

  it('refuses whatever is JSON and no thing, without failing', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (json, any) => {
      const checked = checkEntity('thing', any, json, bundle);
      expect(checked.ok).to.equal(false);
    });
    fc.assert(property, { numRuns: 1_000, seed: 12 });
  });

  it('names what a type would be called, for what looks like it', () => {
    const checked = checkEntity('things', ID, {}, bundle);
    expect(checked).to.include({ ok: false, refusal: 'unknown_entity_type' });
  });
});
