import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { decoderOf } from '../../../../../src/dsl/types/decode.ts';
import { type DecodeReport, emptyReport } from '../../../../../src/dsl/types/decode-report.ts';
import { type Field, recordReader } from '../../../../../src/dsl/types/records/read-record.ts';
import { writeRecordReader } from '../../../../../src/dsl/types/records/write-record-reader.ts';
import type { Schema } from '../../../../../src/dsl/types/schema.ts';
import { BOOL, INT, STRING, type Type } from '../../../../../src/dsl/types/types.ts';
import { type Outcome, type RecordValue, UNKNOWN } from '../../../../../src/dsl/types/values.ts';

const SCHEMA: Schema = { enums: new Map(), entities: new Map() };
const NEVER = Number.POSITIVE_INFINITY;
/** Names, some of which mean something to JavaScript. */
const NAMES = ['a', 'b', 'owner', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', 'x y'];
const SPELLINGS = [...NAMES, 'owner_id', 'B', 'valueOf'];
const POINT: Type = {
  kind: 'record',
  attributes: new Map([
    ['x', { type: INT, optional: false }],
    ['__proto__', { type: STRING, optional: true }],
  ]),
};
const TYPES: readonly Type[] = [INT, STRING, BOOL, { kind: 'set', element: INT }, POINT];

function field(name: string, more: Partial<Field> = {}): Field {
  const decoder = decoderOf(INT, SCHEMA);
  return { name, spelling: name, alias: undefined, decoder, otherwise: UNKNOWN, ...more };
}

/** Everything that reading leaves behind, in its order. */
interface Traces {
  readonly record: readonly (readonly [string, Outcome])[];
  readonly prototype: object;
  readonly report: DecodeReport;
}

function read(fields: readonly Field[], json: object, writeAfter: number): Traces {
  const report = emptyReport();
  const record = recordReader(fields, writeAfter)(json as Record<string, unknown>, undefined, report);
  const prototype = Object.getPrototypeOf(record) as object;
  return { record: Object.entries(record), prototype, report };
}

/** Reads by the loop and by the function that is written, which must leave the same behind. */
function readBoth(fields: readonly Field[], json: object): Traces {
  const written = read(fields, json, 0);
  expect(written).to.deep.equal(read(fields, json, NEVER));
  return written;
}

const anyFields: fc.Arbitrary<readonly Field[]> = fc
  .tuple(fc.shuffledSubarray(NAMES), fc.infiniteStream(fc.nat()))
  .map(([names, numbers]) => {
    const draw = <T>(from: readonly T[]): T => from[Number(numbers.next().value) % from.length] as T;
    const free = new Set(SPELLINGS);
    const spelled = names.map((name) => {
      const own = draw([true, false]) && free.has(name);
      const spelling = own ? name : draw([...free]);
      free.delete(spelling);
      return { name, spelling };
    });
    const taken = new Set(spelled.map(({ spelling }) => spelling));
    return spelled.map(({ name, spelling }) => ({
      name,
      spelling,
      alias: taken.has(name) ? undefined : name,
      decoder: decoderOf(draw(TYPES), SCHEMA),
      otherwise: draw<Outcome>([undefined, UNKNOWN, 7]),
    }));
  });
const anyValue = fc.oneof(
  fc.integer(),
  fc.constantFrom('text', true, null, 1.5, [1, 'x'], { x: 1 }, { x: 'no', toString: 1 }),
);
/** As it comes from the text of JSON, so that `__proto__` is a property like all others. */
const anyJson = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...SPELLINGS, 'alien'), anyValue), { selector: ([key]) => key })
  .map(
    (entries) =>
      JSON.parse(
        `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
      ) as object,
  );

describe('reading records', () => {
  it('leaves the same behind by functions that are written as by the loop', () => {
    fc.assert(
      fc.property(anyFields, fc.array(anyJson, { minLength: 1, maxLength: 5 }), (fields, all) => {
        const [written, loop] = [recordReader(fields, 0), recordReader(fields, NEVER)];
        for (const json of all as readonly Record<string, unknown>[]) {
          const reports = [emptyReport(), emptyReport()] as const;
          const records = [written(json, undefined, reports[0]), loop(json, undefined, reports[1])] as const;
          expect(Object.entries(records[0])).to.deep.equal(Object.entries(records[1]));
          expect(Object.getPrototypeOf(records[0])).to.equal(Object.getPrototypeOf(records[1]));
          expect(reports[0]).to.deep.equal(reports[1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads by spelling or else by name, and reports a name beside its spelling', () => {
    const fields = [field('owner', { spelling: 'owner_id', alias: 'owner' }), field('a')];
    expect(readBoth(fields, { owner_id: 1, a: 2 }).record).to.deep.equal([
      ['owner', 1],
      ['a', 2],
    ]);
    expect(readBoth(fields, { owner: 1, a: 2 }).report.ignored).to.deep.equal([]);
    const both = readBoth(fields, { owner: 3, owner_id: 1, a: 2 });
    expect(both.record[0]).to.deep.equal(['owner', 1]);
    expect(both.report.ignored).to.deep.equal(['']);
    // A spelling that holds nothing is there: what stands under the name is not meant.
    expect(readBoth(fields, { owner: 3, owner_id: null, a: 2 }).record[0]).to.deep.equal(['owner', UNKNOWN]);
    expect(readBoth(fields, { owner: 3, owner_id: undefined, a: 2 }).record[0]).to.deep.equal([
      'owner',
      UNKNOWN,
    ]);
  });

  it('reads own properties alone, whatever their object inherits', () => {
    const fields = [field('a'), field('b', { spelling: 'B', alias: 'b' }), field('toString')];
    const nothing = fields.map(({ name }) => [name, UNKNOWN]);
    const heir = Object.create({ a: 1, b: 2, B: 3, alien: 4 }) as object;
    expect(readBoth(fields, heir)).to.deep.include({ record: nothing, report: emptyReport() });
    expect(readBoth(fields, Object.assign(heir, { a: 5 })).record[0]).to.deep.equal(['a', 5]);
    const bare = Object.assign(Object.create(null) as object, { a: 6, toString: 7 });
    expect(readBoth(fields, bare).record).to.deep.equal([
      ['a', 6],
      ['b', UNKNOWN],
      ['toString', 7],
    ]);
  });

  it('reads nothing that somebody put into the prototype of all objects, before or after it was written', () => {
    const fields = [
      field('a'),
      field('b', { spelling: 'B', alias: 'b' }),
      field('c', { otherwise: undefined }),
    ];
    const reader = recordReader(fields, 0);
    const entries = (json: object): unknown =>
      Object.entries(reader(json as RecordValue, undefined, emptyReport()));
    const nothing = [
      ['a', UNKNOWN],
      ['b', UNKNOWN],
    ];
    expect(entries({})).to.deep.equal(nothing);
    const everything = Object.prototype as Record<string, unknown>;
    try {
      Object.assign(everything, { a: 1, b: 2, c: 3 });
      expect(entries({})).to.deep.equal(nothing);
      expect(readBoth(fields, {}).record).to.deep.equal(nothing);
      expect(readBoth(fields, { a: 1, b: 2, c: 4 }).record).to.deep.equal([
        ['a', 1],
        ['b', 2],
        ['c', 4],
      ]);
    } finally {
      for (const name of ['a', 'b', 'c']) Reflect.deleteProperty(everything, name);
    }
  });

  it('makes no text of names, values or spellings', () => {
    const hostile = '"]; globalThis.broken = true; ["${1}`\\n\\u0027';
    const fields = [
      field(hostile, { spelling: `${hostile}*/`, alias: hostile, otherwise: `${hostile}'` }),
      field('a'),
    ];
    expect(readBoth(fields, { [`${hostile}*/`]: 1, a: 2 }).record[0]).to.deep.equal([hostile, 1]);
    expect(readBoth(fields, { a: 2 }).record[0]).to.deep.equal([hostile, `${hostile}'`]);
    expect(globalThis).to.not.have.property('broken');
  });

  it('goes on by the loop where there are too many attributes for one function', () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const fields = names.map((name) => field(name));
    expect(writeRecordReader(fields, () => {})).to.equal(undefined);
    expect(writeRecordReader(fields.slice(0, 20), () => {})).to.be.a('function');
    const json = Object.fromEntries(names.map((name, index) => [name, index]));
    expect(readBoth(fields, json).record).to.deep.equal(Object.entries(json));
  });

  it('spells paths for who asks for them, after a function was written too', () => {
    const reader = recordReader([field('a'), field('p', { decoder: decoderOf(POINT, SCHEMA) })], 0);
    const json = { a: 'x', p: { x: 'y', z: 1 }, alien: 1 };
    const plain = emptyReport();
    reader(json, undefined, plain);
    expect(plain).to.deep.equal({ illTyped: ['', ''], ignored: ['', ''] });
    const spelled = emptyReport();
    reader(json, 'context', spelled);
    expect(spelled).to.deep.equal({
      illTyped: ['context.a', 'context.p.x'],
      ignored: ['context.p.z', 'context.alien'],
    });
  });

  it('reads records within records alike before and after functions are written for them', () => {
    const decoder = decoderOf(POINT, { enums: new Map(), entities: new Map() });
    const ask = (): unknown => {
      const report = emptyReport();
      const json: unknown = JSON.parse('{"__proto__": "p", "constructor": 1, "x": 2}');
      return [Object.entries(decoder(json, undefined, report) as RecordValue), report];
    };
    const first = ask();
    expect(first).to.deep.equal([
      [
        ['x', 2],
        ['__proto__', 'p'],
      ],
      { illTyped: [], ignored: [''] },
    ]);
    for (let time = 0; time < 300; time += 1) expect(ask()).to.deep.equal(first);
  });

  it('stays with the loop in a process that makes no code of text', () => {
    const script = `
      import { recordReader } from './src/dsl/types/records/read-record.ts';
      import { writeRecordReader } from './src/dsl/types/records/write-record-reader.ts';
      const fields = [{ name: 'a', spelling: 'A', alias: 'a', decoder: (json) => json, otherwise: 7 }];
      const reader = recordReader(fields, 1);
      const report = { illTyped: [], ignored: [] };
      const values = [{ A: 1 }, { a: 2 }, {}].map((json) => reader(json, undefined, report).a);
      console.log(JSON.stringify([writeRecordReader(fields, () => {}) === undefined, ...values]));
    `;
    const output = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--no-warnings', '--input-type=module', '--eval', script],
      { cwd: fileURLToPath(new URL('../../../../../', import.meta.url)), encoding: 'utf8' },
    );
    expect(JSON.parse(output)).to.deep.equal([true, 1, 2, 7]);
  });
});
