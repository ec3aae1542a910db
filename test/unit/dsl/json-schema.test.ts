import { expect } from 'chai';
import { Type as TypeBox } from 'typebox';
import { Type } from '../../../src/dsl/json-schema.ts';

/** The same schemas by either: each builder, with options and without, and nested. */
const schemasBy = ({ ...make }: typeof Type): readonly unknown[] => {
  const described = { description: 'what it says' };
  const name = make.String({ minLength: 1, pattern: '^[a-z]+$' });
  const optional = make.Optional(name);
  return [
    make.Array(name),
    make.Array(name, { ...described, maxItems: 3 }),
    make.Boolean(),
    make.Boolean(described),
    make.Integer(),
    make.Integer({ minimum: 0 }),
    make.Literal('a'),
    make.Literal(1, described),
    make.Literal(true),
    make.Null(),
    make.Number(),
    make.Number({ maximum: 1.5 }),
    make.Object({}),
    make.Object({ name }),
    make.Object({ optional }),
    make.Object({ name, optional, nested: make.Object({ optional }) }, { additionalProperties: false }),
    optional,
    name,
    make.Record(make.String(), make.Unknown()),
    make.Record(make.String(), make.Integer(), described),
    make.String(),
    make.Union([make.Literal('a'), make.Null()]),
    make.Union([name, make.Array(name)], described),
    make.Unknown(),
    make.Unknown(described),
    make.Unsafe<string | null>({ type: ['string', 'null'] }),
    make.Object({ unsafe: make.Optional(make.Unsafe<string | null>({ type: ['string', 'null'] })) }),
  ];
};

describe('schemas', () => {
  it('are those that TypeBox makes, letter by letter', () => {
    const [ours, theirs] = [schemasBy(Type), schemasBy(TypeBox)];
    for (const [index, schema] of ours.entries())
      expect(JSON.stringify(schema)).to.equal(JSON.stringify(theirs[index]));
  });

  it('are told from one that is optional by objects alone', () => {
    const name = Type.String();
    Type.Optional(name);
    expect(Type.Object({ name })).to.have.deep.property('required', ['name']);
  });
});
