import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import { encode } from '../../../../src/dsl/types/encode.ts';
import { STRING, type Type, UUID } from '../../../../src/dsl/types/types.ts';
import { type RecordValue, Reference, UNKNOWN } from '../../../../src/dsl/types/values.ts';
import { RecordEncoder } from '../../../../src/server/audit/record-encoder.ts';
import { type JsonRecord, type Redaction, redact } from '../../../../src/server/audit/redact.ts';
import { createValueHash } from '../../../../src/server/audit/value-hash.ts';

const hashValue = createValueHash(createSecretKey(Buffer.alloc(32, 7)));
const schema = { enums: new Map(), entities: new Map() };
const record = (attributes: Readonly<Record<string, Type>>): Extract<Type, { kind: 'record' }> => ({
  kind: 'record',
  attributes: new Map(Object.entries(attributes).map(([name, type]) => [name, { type, optional: true }])),
});
const CONTEXT = record({
  ip: STRING,
  tags: { kind: 'list', element: STRING },
  session: record({ id: UUID, device: record({ name: STRING }) }),
  owner: { kind: 'reference', entities: ['team', 'user'] },
});
const VALUES: readonly RecordValue[] = [
  {},
  { ip: 'a', tags: ['b'], session: { id: 'c', device: { name: 'd' } }, owner: new Reference('user', 'e') },
  { ip: UNKNOWN, session: { id: UNKNOWN, device: UNKNOWN }, owner: UNKNOWN },
  { session: { device: {} }, tags: [UNKNOWN] },
];
const PATHS = ['ip', 'tags', 'tags.x', 'session', 'session.id', 'session.device', 'session.device.name'];
const LINES: readonly Redaction[] = [...PATHS, 'owner', 'owner.id', 'elsewhere'].flatMap((path) =>
  (['hash', 'drop'] as const).map((method) => ({ path: path.split('.'), method })),
);

describe('RecordEncoder', () => {
  it('makes of a record what encoding and then redacting it makes, whichever two lines there are', () => {
    for (const lines of [[], ...LINES.flatMap((one) => LINES.map((other) => [one, other]))]) {
      const encoder = new RecordEncoder(CONTEXT.attributes, lines, { schema, hashValue });
      for (const values of VALUES) {
        const known = Object.entries(values).filter(([, value]) => value !== UNKNOWN);
        const whole = encode(Object.fromEntries(known), CONTEXT, schema) as JsonRecord;
        redact(whole, lines, hashValue);
        expect(encoder.encode(values), JSON.stringify(lines)).to.deep.equal(whole);
      }
    }
  });

  it('sets an attribute by the name that would be taken for a prototype', () => {
    const encoder = new RecordEncoder([['__proto__', { type: STRING }]], [], { schema, hashValue });
    const values = Object.defineProperty(Object.create(null), '__proto__', { value: 'a', enumerable: true });
    expect(JSON.stringify(encoder.encode(values))).to.equal('{"__proto__":"a"}');
  });
});
