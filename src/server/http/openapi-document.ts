import type { TSchema } from 'typebox';
import manifest from '../../../package.json' with { type: 'json' };
import { JSON_LINES } from './line-answer.ts';
import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';
import type { Route } from './route.ts';
import { ProblemSchema } from './schemas/operations-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** The routes as an OpenAPI 3.1 document: JSON data. Schemas that have a title stand under `components`. */
export function openApiDocument(routes: readonly Route[]): Json {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const item = (paths[route.path] ??= {});
    item[route.method] = operationOf(route, schemas);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Velro',
      version: manifest.version,
      description: manifest.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    tags: [
      { name: 'Decisions', description: 'Questions to the policy.' },
      { name: 'Emergency', description: 'Modes, overrides and losses, for operators.' },
      { name: 'Entities', description: 'What the store keeps, for whoever administers it.' },
      { name: 'Operations', description: 'How the server is doing.' },
      { name: 'Policies', description: 'Versions of the policies, for operators.' },
    ],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'The API key: `Authorization: Bearer KEY`.' },
      },
      schemas,
    },
  };
  // Plain data, without what the schema library keeps beside its schemas.
  return JSON.parse(JSON.stringify(document)) as Json;
}

function operationOf(route: Route, schemas: Record<string, unknown>): Json {
  const parameters = [
    ...Object.entries(route.parameters ?? {}).map(([name, description]) => ({
      name,
      in: 'path',
      required: true,
      description,
      schema: { type: 'string' },
    })),
    ...queryParameters(route.query),
    ...Object.entries(route.headers ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    })),
    {
      name: 'X-Request-ID',
      in: 'header',
      required: false,
      description: 'An id for this request; the answer repeats it, or has a new one.',
      schema: { type: 'string', maxLength: 128 },
    },
  ];
  const responses: Record<string, unknown> = {};
  for (const [status, { description, schema, contentType = 'application/json' }] of Object.entries(
    route.answers,
  )) {
    responses[status] = {
      description,
      headers: REQUEST_ID_HEADER,
      content: { [contentType]: { schema: referTo(schema, schemas) } },
    };
  }
  for (const [status, codes] of problemsByStatus(route)) {
    const content = { 'application/problem+json': { schema: referTo(ProblemSchema, schemas) } };
    const known = responses[status] as { description: string; content: Json } | undefined;
    const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ');
    responses[status] =
      known === undefined
        ? { description, headers: REQUEST_ID_HEADER, content }
        : {
            ...known,
            description: `${known.description}. ${description}`,
            content: { ...known.content, ...content },
          };
  }
  return {
    operationId: route.name,
    summary: route.summary,
    description: route.description,
    tags: [route.tag],
    ...(route.scope === 'open' ? { security: [] } : {}),
    parameters,
    ...requestBody('application/json', route.body, schemas),
    ...requestBody(JSON_LINES, route.lines, schemas),
    responses,
  };
}

function requestBody(
  contentType: string,
  schema: TSchema | undefined,
  schemas: Record<string, unknown>,
): Json {
  if (schema === undefined) return {};
  return {
    requestBody: { required: true, content: { [contentType]: { schema: referTo(schema, schemas) } } },
  };
}

const REQUEST_ID_HEADER = {
  'X-Request-ID': { description: 'The id of the request.', schema: { type: 'string' } },
} as const;

/** All problems that a route can answer: its own and those of what stands before it. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([...route.problems, 'internal_error']);
  if (route.scope !== 'open') codes.add('unauthenticated').add('scope_missing').add('timed_out');
  if (route.query !== undefined) codes.add('invalid_request');
  if (route.body !== undefined) {
    codes.add('body_too_large').add('invalid_request').add('malformed_json').add('nesting_too_deep');
    codes.add('unsupported_content_encoding').add('unsupported_content_type');
  }
  return [...codes].toSorted();
}

function problemsByStatus(route: Route): ReadonlyMap<string, readonly ProblemCode[]> {
  const byStatus = Map.groupBy(problemsOf(route), (code) => String(PROBLEMS[code].status));
  return new Map([...byStatus].toSorted(([a], [b]) => Number(a) - Number(b)));
}

function queryParameters(query: TSchema | undefined): readonly Json[] {
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Readonly<Record<string, TSchema & { description?: string }>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema,
  }));
}

/** A schema, or a reference to where it stands when it has a title; nested ones likewise. */
function referTo(schema: TSchema, schemas: Record<string, unknown>): Json {
  const { title } = schema as { title?: string };
  if (title === undefined) return nested(schema, schemas) as Json;
  if (!(title in schemas)) {
    schemas[title] = {};
    schemas[title] = nested(schema, schemas);
  }
  return { $ref: `#/components/schemas/${title}` };
}

function nested(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => inner(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item, schemas)]));
}

function inner(value: unknown, schemas: Record<string, unknown>): unknown {
  const isTitled =
    typeof value === 'object' && value !== null && typeof (value as { title?: unknown }).title === 'string';
  return isTitled ? referTo(value, schemas) : nested(value, schemas);
}
