import type { TSchema } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';

const EntityName = Type.Object({ type: Type.String(), id: Type.String() });

const ChangePlace = Type.Object({
  part: Type.String({ enum: ['context', 'action', 'request', 'facts'] }),
  entity: Type.Union([EntityName, Type.Null()], {
    description: 'Of `request` and `facts`: whose attribute it is.',
  }),
  path: Type.Array(Type.String(), { description: 'Attributes and keys, spelled as in requests and facts.' }),
});

function kind(name: string, properties: Record<string, TSchema>): TSchema {
  return Type.Object({ kind: Type.String({ const: name }), ...properties });
}

const ChangeEdit = Type.Union(
  [
    kind('value', { at: ChangePlace, from: Type.Unknown(), to: Type.Unknown() }),
    kind('elements', {
      at: ChangePlace,
      add: Type.Array(Type.Unknown()),
      remove: Type.Array(Type.Unknown()),
    }),
    kind('record', { entity: EntityName, attributes: Type.Record(Type.String(), Type.Unknown()) }),
    kind('time', { from: Type.String(), to: Type.String() }),
    kind('mode', { mode: Type.String(), on: Type.Boolean({ const: false }) }),
    kind('override', { override: Type.String(), on: Type.Boolean({ const: true }) }),
    kind('limit', { limit: Type.String(), exhausted: Type.Boolean({ const: false }) }),
  ],
  { description: 'All that is needed to make the change; `null` as a value is absence.' },
);

/** One change that helps to permit. */
export const Change = Type.Object(
  {
    path: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'What it is about, if a value.',
    }),
    condition: Type.String({ description: 'What must hold.' }),
    text: Type.String({ description: 'A sentence for people.' }),
    by: Type.String({ enum: ['request', 'data', 'operator', 'time'], description: 'Who makes it.' }),
    advice: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The advice of the rule that it answers.',
    }),
    edit: ChangeEdit,
  },
  { title: 'Change' },
);

/** What denies and cannot be changed. */
export const Obstacle = Type.Object(
  {
    kind: Type.String({ enum: ['forbid', 'limit', 'claim', 'subject', 'resource', 'action', 'facts'] }),
    name: Type.String({ description: '`layer.rule`, the claim, the action, or `type:id`.' }),
    place: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Of a rule: `file:line:column`.',
    }),
    missing: Type.Array(Type.String()),
    reasons: Type.Array(
      Type.Object({
        why: Type.String({
          enum: [
            'identity',
            'source',
            'observed',
            'literal',
            'computed',
            'no_record',
            'no_value',
            'conflict',
          ],
        }),
        condition: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
        text: Type.String({ description: 'A sentence for people.' }),
      }),
      { minItems: 1 },
    ),
  },
  { title: 'Obstacle' },
);
