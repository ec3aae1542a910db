import type { Static } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';
import { ProblemSchema } from './operations-schema.ts';

const Attributes = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'By name or column, in the JSON of their declared types, as in a file of facts.',
});
const Revision = Type.Integer({ description: 'Of the last write; no other write has the same.' });
const Time = Type.String({ format: 'date-time' });

/** All attributes of an entity: what is left out is absent, or has its default. */
export const PutEntity = Type.Object({ attributes: Attributes }, { title: 'PutEntity' });
export type PutEntity = Static<typeof PutEntity>;

export const Entity = Type.Object(
  {
    type: Type.String(),
    id: Type.String({ description: 'In the canonical spelling of its key.' }),
    attributes: Attributes,
    revision: Revision,
    createdAt: Time,
    updatedAt: Time,
  },
  { title: 'Entity', description: 'What the store keeps of an entity.' },
);

export const ListEntitiesQuery = Type.Object({
  limit: Type.Optional(
    Type.String({
      pattern: '^(?:[1-9][0-9]{0,2}|1000)$',
      description: 'At most so many, 1 to 1000; 100 unless given.',
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 16_384,
      description: '`next` of the page before; from the beginning without it.',
    }),
  ),
});
export type ListEntitiesQuery = Static<typeof ListEntitiesQuery>;

export const EntityPage = Type.Object(
  {
    entities: Type.Array(Entity, { description: 'By id.' }),
    next: Type.Optional(Type.String({ description: 'The cursor of the next page; missing on the last.' })),
  },
  { title: 'EntityPage' },
);

export const EntityLine = Type.Object(
  {
    type: Type.String(),
    id: Type.Union([Type.String(), Type.Integer()]),
    attributes: Type.Optional(Attributes),
    delete: Type.Optional(Type.Boolean({ const: true, description: 'Instead of attributes: deletes it.' })),
  },
  { title: 'EntityLine', description: 'A line: what to write, or to delete.' },
);

export const ImportLine = Type.Object(
  {
    state: Type.String({
      enum: ['progress', 'done', 'failed'],
      description: '`progress` after each batch, and one of the others at the end.',
    }),
    lines: Type.Integer({ description: 'What stands up to this line is stored.' }),
    created: Type.Integer(),
    replaced: Type.Integer(),
    deleted: Type.Integer({ description: 'Entities that were there.' }),
    token: Type.Optional(
      Type.String({
        description:
          'A decision with `"consistency": "at_least:TOKEN"` sees all that is stored; left out while nothing is.',
      }),
    ),
    problem: Type.Optional(ProblemSchema),
  },
  { title: 'ImportLine' },
);
export type ImportLine = Static<typeof ImportLine>;
