import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { problemsOf } from '../../../src/server/http/openapi-document.ts';
import { PROBLEMS } from '../../../src/server/http/problem-catalogue.ts';
import { ROUTES } from '../../../src/server/http/routes/index.ts';
import { ROOT } from '../../support/project-files.ts';
import { question, serverFor } from '../../support/test-server.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content: Record<string, { schema: object }> }
  >;
  readonly security?: readonly object[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes: object };
}

describe('/openapi.json', () => {
  const server = serverFor('all');
  let document: Document;
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true, uri: true } });
  before(async () => {
    document = (await server.call('/openapi.json', { key: null })).body as Document;
    ajv.addSchema(document, 'openapi');
  });

  const operations = (): { path: string; method: string; operation: Operation }[] =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
  /** What is wrong with a value by the schema of an operation's answer. */
  const complaints = (
    path: string,
    method: string,
    status: number,
    type: string,
    value: unknown,
  ): unknown => {
    const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema']
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (validate === undefined) return `${method} ${path} does not document ${status} ${type}`;
    return validate(value) ? null : validate.errors;
  };

  it('is OpenAPI 3.1', () => {
    expect(document.openapi).to.equal('3.1.0');
    expect(document).to.have.nested.property('info.title', 'Velro');
    expect(document).to.have.nested.property('info.version');
  });

  it('describes every route, and none that is not there', async () => {
    expect(operations().map(({ path, method }) => `${method} ${path}`)).to.have.members(
      ROUTES.map((route) => `${route.method} ${route.path}`),
    );
    for (const { path, method } of operations()) {
      const { body } = await server.call(path.replaceAll(/\{\w+\}/g, 'x'), { method: method.toUpperCase() });
      expect(body?.code, `${method} ${path}`).not.to.be.oneOf(['not_found', 'method_not_allowed']);
    }
  });

  it('has a file for every route in the list, which is sorted, and no other', () => {
    const folder = new URL('../../../src/server/http/routes/', import.meta.url);
    const files = readdirSync(folder)
      .filter((name) => name !== 'index.ts')
      .toSorted();
    const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(files).to.have.length(ROUTES.length);
    const names: Record<string, string> = { health: 'healthz', readiness: 'readyz' };
    expect(ROUTES.map(({ name }) => `${names[name] ?? kebab(name)}.ts`)).to.have.ordered.members(files);
  });

  it('gives every operation a name of its own, a description, and all parameters of its path', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).to.equal(names.length);
    for (const { path, operation } of operations()) {
      const inPath = operation.parameters.filter((one) => one.in === 'path').map((one) => one.name);
      expect(inPath, path).to.have.members([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!));
      expect(operation).to.include.keys('summary', 'description', 'tags');
      expect(Object.values(operation.responses).every((one) => one.description !== '')).to.equal(true);
    }
  });

  it('refers to nothing that is not there, and its schemas compile', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references).not.to.be.empty;
    for (const [, name] of references) expect(document.components.schemas).to.have.property(name!);
    for (const name of Object.keys(document.components.schemas)) {
      expect(ajv.getSchema(`openapi#/components/schemas/${name}`), name).to.be.a('function');
    }
  });

  it('says which routes are open, and names every problem of the others', () => {
    for (const route of ROUTES) {
      const operation = document.paths[route.path]![route.method]!;
      expect(operation.security !== undefined, route.name).to.equal(route.scope === 'open');
      for (const code of problemsOf(route)) {
        const answer = operation.responses[PROBLEMS[code].status];
        expect(answer?.description, `${route.name} ${code}`).to.include(`\`${code}\``);
        expect(answer?.content).to.have.property('application/problem+json');
      }
    }
  });

  it('describes what is answered', async () => {
    const decisions = [
      question('alice', 'read', 'd1'),
      question('carol', 'read', 'd1', { wish: 1, ip: 5 }),
      question('bob', 'update', 'd1'),
      question('x', 'y', 'z'),
    ];
    for (const body of decisions) {
      for (const path of ['/decide', '/explain']) {
        const answer = await server.call(path, { body });
        expect(complaints(path, 'post', 200, 'application/json', answer.body), path).to.equal(null);
      }
    }
    const subject = { type: 'user', id: 'dora' };
    const mode = '/emergency/modes/{name}';
    const override = '/emergency/overrides/{name}';
    const entered = await server.call('/emergency/modes/lockdown', { body: { reason: 'x' } });
    expect(complaints(mode, 'post', 200, 'application/json', entered.body)).to.equal(null);
    const opened = await server.call('/emergency/overrides/break_glass', { body: { subject, reason: 'x' } });
    expect(complaints(override, 'post', 200, 'application/json', opened.body)).to.equal(null);
    for (const path of ['/emergency', '/healthz', '/readyz']) {
      const answer = await server.call(`${path}?verbose`);
      expect(complaints(path, 'get', 200, 'application/json', answer.body), path).to.equal(null);
    }
    const figures = await server.call('/metrics');
    expect(complaints('/metrics', 'get', 200, 'text/plain', figures.body)).to.equal(null);
    const left = await server.call('/emergency/modes/lockdown?reason=done', { method: 'DELETE' });
    expect(complaints(mode, 'delete', 200, 'application/json', left.body)).to.equal(null);
    const closed = await server.call('/emergency/overrides/break_glass?type=user&id=dora', {
      method: 'DELETE',
    });
    expect(complaints(override, 'delete', 200, 'application/json', closed.body)).to.equal(null);
    const problem = await server.call('/decide', { body: {} });
    expect(complaints('/decide', 'post', 400, 'application/problem+json', problem.body)).to.equal(null);
  });

  it('agrees with the guide, which names every route and every problem', () => {
    const guide = readFileSync(join(ROOT, 'docs/server.md'), 'utf8');
    for (const { method, path } of ROUTES)
      expect(guide).to.include(`| \`${method.toUpperCase()} ${path}\` |`);
    const rows = [...guide.matchAll(/^\| (\d{3}) \| (.+) \|$/gm)].flatMap(([, status, codes]) =>
      [...codes!.matchAll(/`(\w+)`/g)].map(([, code]) => [code, Number(status)]),
    );
    const known = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
    expect(rows).to.have.deep.members(known);
  });

  it('says of a body that lacks something what the server says', () => {
    const schema = ajv.getSchema('openapi#/components/schemas/AccessQuestion')!;
    expect(schema(question('alice', 'read', 'd1'))).to.equal(true);
    expect(schema({ ...question('alice', 'read', 'd1'), subject: {} })).to.equal(false);
  });
});
