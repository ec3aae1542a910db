import type { Static, TSchema } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';
import { CONSISTENCY_PATTERN } from '../../cache/consistency.ts';
import { Change, Obstacle } from './change-schema.ts';

/** `null` is absence, in a request as in the language. */
function optionalObject(description: string) {
  return Type.Optional(
    Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'], description }),
  );
}

const Id = Type.Unsafe<string | number>({
  type: ['string', 'integer'],
  minLength: 1,
  maxLength: 1024,
  minimum: -Number.MAX_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The id; a number stands for its decimal spelling.',
});

/** A subject or a resource. */
function entity(what: string) {
  return Type.Object({
    type: Type.String({ minLength: 1, maxLength: 256, description: `The type of the ${what}.` }),
    id: Id,
    properties: optionalObject(
      `What the request supplies of the ${what}. Only attributes that the policy takes from requests are used.`,
    ),
  });
}

/** What a question demands of its facts. */
export const CONSISTENCY = Type.Optional(
  Type.Unsafe<string | null>({
    type: ['string', 'null'],
    pattern: CONSISTENCY_PATTERN,
    description:
      '`fresh`: the facts are read now, where they are written. `at_least:` and a token that a write returned: they are of a state in which that write is seen.',
  }),
);

/** A question in the information model of AuthZEN 1.0. */
export const AccessQuestion = Type.Object(
  {
    subject: entity('subject'),
    action: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 256, description: 'The name of the action.' }),
      properties: optionalObject('Attributes of the action.'),
    }),
    resource: entity('resource'),
    context: optionalObject('The circumstances of the request.'),
    consistency: CONSISTENCY,
  },
  {
    title: 'AccessQuestion',
    description: 'May this subject do this to this resource? Fields that are not listed are ignored.',
  },
);
export type AccessQuestion = Static<typeof AccessQuestion>;

const strings = (description: string): TSchema => Type.Optional(Type.Array(Type.String(), { description }));

export const DecisionContext = Type.Object(
  {
    id: Type.String({ description: 'The id of this decision, as in the audit log.' }),
    code: Type.String({
      description: 'Why, as a stable code.',
      enum: [
        'permitted',
        'forbidden',
        'claim_missing',
        'limit_exceeded',
        'unknown_action',
        'unknown_subject',
        'unknown_resource',
        'resource_exists',
        'deadline_exceeded',
        'facts_unavailable',
      ],
    }),
    reason: Type.String({
      description: 'The sentence of the deciding rule; for a cause that is no rule, the code.',
    }),
    layer: Type.Optional(Type.String({ description: 'The layer of the rule or limit that denied.' })),
    rule: Type.Optional(Type.String({ description: 'The rule or limit that denied.' })),
    claim: Type.Optional(Type.String({ description: 'The first required claim that nobody established.' })),
    claims: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Of a permit: `layer.rule` that established each claim.',
      }),
    ),
    advice: Type.Optional(
      Type.Object(
        { name: Type.String(), arguments: Type.Record(Type.String(), Type.Unknown()) },
        { description: 'What the deciding rule advises the caller to do.' },
      ),
    ),
    missing: strings('Paths whose values were missing or unknown when the denial was decided.'),
    ignored: strings('Paths of what was sent and is not used.'),
    illTyped: strings('Paths of values that do not fit their declared type; they count as unknown.'),
    retryAfter: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Of an exceeded limit: seconds until it has something left.' }),
    ),
    policy: Type.Object({
      version: Type.String({ description: 'The versions of the layers, joined by dots.' }),
      digest: Type.String({ description: 'The digest of the bundle.' }),
    }),
  },
  { title: 'DecisionContext' },
);

export const Decision = Type.Object(
  { decision: Type.Boolean({ description: 'True for a permit.' }), context: DecisionContext },
  { title: 'Decision' },
);
export type Decision = Static<typeof Decision>;

const loose = (description: string): TSchema =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', description, additionalProperties: true });

export const ExplainedDecision = Type.Object(
  {
    decision: Type.Boolean(),
    context: DecisionContext,
    explanation: Type.Object({
      layers: Type.Array(
        loose(
          'A layer: number, name, outcome, and the rules that apply, each with its place, outcome and reads.',
        ),
      ),
      claims: Type.Array(loose('A required claim and who established it.')),
      cache: loose(
        'How long the verdict may be kept; of facts from a database, as `facts`, whether they are, why not, and of what.',
      ),
      audit: Type.Unsafe<unknown>({ type: ['object', 'null'], description: 'How the verdict is recorded.' }),
      changes: Type.Union([Type.Array(Change), Type.Null()], {
        description:
          'Of a denial: changes that permit once all are made, in this order, and of which none can be left out; null where none were found.',
      }),
      obstacles: Type.Array(Obstacle, {
        description: 'Where no changes were found: what is in the way and cannot be changed.',
      }),
      searchEndedEarly: Type.Boolean({
        description:
          'True when a bound ended the search: then there may be changes where none are named, or fewer than are named.',
      }),
      risk: loose('The risk as an interval, with the signals behind it.'),
      purity: Type.String({ enum: ['pure', 'clock', 'live'] }),
      flipsAt: Type.Unsafe<number | null>({
        type: ['number', 'null'],
        description:
          'When a comparison with the time could change the verdict, in milliseconds since the epoch.',
      }),
    }),
  },
  { title: 'ExplainedDecision' },
);
