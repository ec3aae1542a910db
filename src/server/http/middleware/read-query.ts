import type { RequestHandler } from 'express';
import type { TSchema } from 'typebox';
import { Problem } from '../problem.ts';
import { createValidator } from '../validator.ts';

/** Checks the query of a request by a schema, compiled here. A name that comes twice is an error; unknown ones are ignored. */
export function readQuery(schema: TSchema): RequestHandler {
  const validate = createValidator(schema);
  return (request, _response, next) => {
    const errors = validate(request.query);
    if (errors === undefined) return next();
    throw new Problem('invalid_request', 'the query does not have the required form; see `errors`', {
      errors: errors.map(({ pointer, message }) => ({ pointer: `?${pointer.slice(1)}`, message })),
    });
  };
}
