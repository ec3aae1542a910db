import type { Static } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';
import { BATCH_SEMANTICS, type BatchSemantic } from '../../decide/batch-decisions.ts';
import { CONSISTENCY, Decision } from './access-schema.ts';
import { ProblemSchema } from './operations-schema.ts';

/** A batch holds at most so many questions. */
export const MAXIMUM_ITEMS = 1_000;

type Part = Record<string, unknown> | null;
const part = (description: string) =>
  Type.Optional(Type.Unsafe<Part>({ type: ['object', 'null'], description }));

const PARTS = {
  subject: part('The subject, as in `AccessQuestion`.'),
  action: part('The action, as in `AccessQuestion`.'),
  resource: part('The resource, as in `AccessQuestion`.'),
  context: part('The circumstances.'),
} as const;

/** Questions in the shape of an Access Evaluations request of AuthZEN 1.0. */
export const BatchQuestion = Type.Object(
  {
    ...PARTS,
    evaluations: Type.Array(
      Type.Object(PARTS, {
        description:
          'A question. What it says of subject, action, resource or context replaces, as a whole, what stands beside `evaluations`; with that it must be an `AccessQuestion`. `consistency` is of all and stands beside `evaluations`.',
      }),
      { minItems: 1, maxItems: MAXIMUM_ITEMS },
    ),
    consistency: CONSISTENCY,
    options: Type.Optional(
      Type.Object({
        evaluations_semantic: Type.Optional(
          Type.Unsafe<BatchSemantic>({
            type: 'string',
            enum: [...BATCH_SEMANTICS],
            description:
              'Which questions are decided: all (the default), those up to the first denial or error, or those up to the first permit.',
          }),
        ),
      }),
    ),
  },
  {
    title: 'BatchQuestion',
    description: 'Several questions. What stands beside `evaluations` counts for each that does not say it.',
  },
);
export type BatchQuestion = Static<typeof BatchQuestion>;

const Undecided = Type.Object(
  {
    decision: Type.Boolean({ const: false }),
    context: Type.Object({ error: ProblemSchema }),
  },
  { title: 'Undecided', description: 'A question that could not be answered: no permit, and why.' },
);

export const BatchDecision = Type.Object(
  {
    evaluations: Type.Array(Type.Union([Decision, Undecided]), {
      description: 'In the order of the questions; shorter than those where the semantic ended the batch.',
    }),
  },
  { title: 'BatchDecision' },
);
