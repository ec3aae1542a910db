import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { TSchema } from 'typebox';
import { ROUTES } from '../../../../src/server/http/routes/index.ts';
import { AccessQuestion } from '../../../../src/server/http/schemas/access-schema.ts';
import { createValidator } from '../../../../src/server/http/validator.ts';
import { DocumentSchema } from '../../../../src/server/live/emergency-document.ts';

describe('validators', () => {
  // They take schemas as they are: looking at these took longer at each start than compiling them.
  it('are made of schemas that are ones by the schema of JSON Schema 2020-12', () => {
    const schemas: TSchema[] = [AccessQuestion, DocumentSchema];
    for (const { body, query, lines } of ROUTES)
      for (const schema of [body, query, lines]) if (schema !== undefined) schemas.push(schema);
    expect(schemas.length).to.be.greaterThan(10);
    const ajv = new Ajv2020();
    for (const schema of schemas) {
      expect(
        ajv.validateSchema(schema),
        `${JSON.stringify(schema).slice(0, 200)}: ${ajv.errorsText()}`,
      ).to.equal(true);
    }
    expect(ajv.validateSchema({ type: 'sting' })).to.equal(false);
  });

  it('are not made of a schema with a word that JSON Schema does not know', () => {
    expect(() => createValidator({ minimun: 3 })({})).to.throw(/minimun/);
  });

  // They are made when they are first asked for, which a start does not do.
  it('can be made of the schemas of all routes', () => {
    const asked: string[] = [];
    for (const { method, path, body, query } of ROUTES)
      for (const schema of [body, query]) {
        if (schema === undefined) continue;
        const found = createValidator(schema)(17);
        expect(found, `${method} ${path}`).to.be.an('array').that.is.not.empty;
        asked.push(`${method} ${path}`);
      }
    expect(asked).to.include('post /decide');
    expect(asked.length).to.be.greaterThan(10);
  });
});
