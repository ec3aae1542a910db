import type { Static } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';
import { PolicyFinding } from './policy-schema.ts';

export const Health = Type.Object({ status: Type.Literal('ok') }, { title: 'Health' });

export const Readiness = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('draining')]),
    policy: Type.Optional(
      Type.Object({
        version: Type.String(),
        digest: Type.String(),
        loadedAt: Type.String({ format: 'date-time' }),
        layers: Type.Integer(),
        source: Type.Union([Type.Literal('folder'), Type.Literal('database')]),
        published: Type.Optional(
          Type.Integer({ description: 'The version that answers, where they come from the database.' }),
        ),
        following: Type.Optional(
          Type.Boolean({ description: 'Whether the last look for another activation succeeded.' }),
        ),
        refused: Type.Optional(
          Type.Object(
            {
              version: Type.Integer(),
              code: Type.String(),
              detail: Type.String(),
              since: Type.String({ format: 'date-time' }),
            },
            { description: 'The version that was activated and that this server does not use.' },
          ),
        ),
      }),
    ),
    sources: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Builtins that need the world: `configured` or `absent`. What an absent one would say is absent.',
      }),
    ),
    facts: Type.Optional(Type.Object({ records: Type.Optional(Type.Integer()) })),
    database: Type.Optional(
      Type.Object({
        kind: Type.Union([Type.Literal('embedded'), Type.Literal('postgresql')]),
        version: Type.Optional(
          Type.String({ description: 'Of PostgreSQL; missing while an embedded one is not open.' }),
        ),
        replica: Type.Optional(
          Type.Object({
            isFresh: Type.Boolean({ description: 'Whether facts are read there now.' }),
            behind: Type.Optional(
              Type.Integer({
                description: 'What was committed so many milliseconds ago is there for certain.',
              }),
            ),
          }),
        ),
        pools: Type.Record(
          Type.String(),
          Type.Object({
            state: Type.Union(
              [
                Type.Literal('healthy'),
                Type.Literal('degraded'),
                Type.Literal('critical'),
                Type.Literal('open'),
              ],
              {
                description:
                  '`degraded`: slower than a second; `critical`: slower than five, or the last use failed; `open`: given up on until a try succeeds.',
              },
            ),
            most: Type.Integer({ description: 'Connections that there may be.' }),
            connections: Type.Integer(),
            idle: Type.Integer(),
            waiting: Type.Integer({ description: 'Requests that wait for a connection.' }),
            latency: Type.Optional(Type.Number({ description: 'Milliseconds of the last probe.' })),
          }),
        ),
      }),
    ),
    cache: Type.Optional(
      Type.Object({
        isTrusted: Type.Boolean({ description: 'Whether kept facts are used now.' }),
        behind: Type.Optional(
          Type.Integer({
            description: 'Of what was committed so many milliseconds ago every change has been told of.',
          }),
        ),
        entries: Type.Integer(),
        bytes: Type.Integer({ description: 'About what is kept takes of memory.' }),
        watched: Type.Array(Type.String(), {
          description: 'The entities whose changes are told of: only their facts are kept.',
        }),
        shared: Type.Optional(
          Type.Object(
            {
              isOpen: Type.Boolean({
                description: 'Whether it is known which database it is, so that facts can be shared.',
              }),
              levels: Type.Record(
                Type.String(),
                Type.Object({
                  isReachable: Type.Boolean(),
                  breaker: Type.Union([
                    Type.Literal('closed'),
                    Type.Literal('half-open'),
                    Type.Literal('open'),
                  ]),
                  waiting: Type.Integer({ description: 'Parts that wait to be written.' }),
                  hits: Type.Integer(),
                  misses: Type.Integer(),
                  failures: Type.Integer({ description: 'Questions that failed or took too long.' }),
                  skipped: Type.Integer({ description: 'Questions that were not asked.' }),
                  poisoned: Type.Integer({
                    description: 'Parts that no instance can have written there so, which were thrown away.',
                  }),
                  refused: Type.Integer({
                    description: 'Parts that may have lacked a change, which were not used.',
                  }),
                }),
              ),
            },
            { description: 'The levels that instances share: `l2` is Redis, `l3` a table.' },
          ),
        ),
      }),
    ),
    losses: Type.Optional(Type.Array(Type.String(), { description: 'Dependencies that are lost.' })),
    audit: Type.Optional(
      Type.Object({
        written: Type.Integer(),
        lost: Type.Integer({ description: 'Records that could not be stored since the start.' }),
        waiting: Type.Integer(),
      }),
    ),
  },
  { title: 'Readiness' },
);
export type Readiness = Static<typeof Readiness>;

export const ReadinessQuery = Type.Object({
  verbose: Type.Optional(Type.String({ maxLength: 16, description: 'Present: say more than the status.' })),
});

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable; decide by this.' }),
    requestId: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({
            description: 'JSON pointer of the place in the body, or `?name` in the query.',
          }),
          message: Type.String(),
          line: Type.Optional(Type.Integer({ description: 'Of JSON Lines: in which line, from 1.' })),
        }),
      ),
    ),
    findings: Type.Optional(Type.Array(PolicyFinding, { description: 'What is wrong with policies.' })),
  },
  { title: 'Problem', description: 'A problem document (RFC 9457).' },
);
