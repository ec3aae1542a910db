import type { ExpectedProblem } from './judge-answer.ts';

/** A request that gets no decision. */
export interface Refusal {
  readonly kind: 'malformed' | 'keyless';
  readonly name: string;
  readonly expected: ExpectedProblem;
  /** Instead of, or besides, what a well-formed request sends; undefined leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Of the body of a well-formed request. */
  readonly body?: (text: string) => string;
}

const INVALID: ExpectedProblem = { status: 400, problem: 'invalid_request' };
const MALFORMED: ExpectedProblem = { status: 400, problem: 'malformed_json' };
const UNAUTHENTICATED: ExpectedProblem = { status: 401, problem: 'unauthenticated' };

/** Changes a body that is an object. */
function edit(change: (body: Record<string, unknown>) => unknown): (text: string) => string {
  return (text) => JSON.stringify(change(JSON.parse(text) as Record<string, unknown>));
}

function malformed(name: string, expected: ExpectedProblem, body: (text: string) => string): Refusal {
  return { kind: 'malformed', name, expected, body };
}

/** Everything that is refused before it is decided: for its form, or for want of a key. */
export const REFUSALS: readonly Refusal[] = [
  malformed('broken-json', MALFORMED, (text) => text.slice(0, -1)),
  malformed('key-twice', MALFORMED, (text) => `${text.slice(0, -1)},"action":{"name":"list"}}`),
  malformed('blank', MALFORMED, () => ' '),
  malformed('no-object', INVALID, (text) => `[${text}]`),
  malformed(
    'no-subject',
    INVALID,
    edit(({ subject: _, ...rest }) => rest),
  ),
  malformed(
    'no-action',
    INVALID,
    edit(({ action: _, ...rest }) => rest),
  ),
  malformed(
    'no-resource',
    INVALID,
    edit(({ resource: _, ...rest }) => rest),
  ),
  malformed(
    'no-subject-id',
    INVALID,
    edit((body) => ({ ...body, subject: { type: 'user' } })),
  ),
  malformed(
    'context-no-object',
    INVALID,
    edit((body) => ({ ...body, context: 'none' })),
  ),
  malformed(
    'nested-too-deep',
    { status: 400, problem: 'nesting_too_deep' },
    (text) => `${text.slice(0, -1)},"more":${'['.repeat(40)}${']'.repeat(40)}}`,
  ),
  malformed(
    'too-large',
    { status: 413, problem: 'body_too_large' },
    (text) => `${text.slice(0, -1)},"more":"${'x'.repeat(64 * 1024)}"}`,
  ),
  {
    kind: 'malformed',
    name: 'another-content-type',
    expected: { status: 400, problem: 'unsupported_content_type' },
    headers: { 'content-type': 'text/plain' },
  },
  {
    kind: 'malformed',
    name: 'another-encoding',
    expected: { status: 415, problem: 'unsupported_content_encoding' },
    headers: { 'content-encoding': 'gzip' },
  },
  { kind: 'keyless', name: 'no-key', expected: UNAUTHENTICATED, headers: { authorization: undefined } },
  {
    kind: 'keyless',
    name: 'wrong-key',
    expected: UNAUTHENTICATED,
    headers: { authorization: `Bearer ${'k'.repeat(43)}` },
  },
  {
    kind: 'keyless',
    name: 'another-scheme',
    expected: UNAUTHENTICATED,
    headers: { authorization: `Basic ${'k'.repeat(44)}` },
  },
  {
    // Who is calling comes before what was sent.
    kind: 'keyless',
    name: 'no-key-and-broken-json',
    expected: UNAUTHENTICATED,
    headers: { authorization: undefined },
    body: (text) => text.slice(0, -1),
  },
];
