import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import type { FieldError } from './problem.ts';

/** At most so many errors are named in one answer. */
const MAXIMUM_ERRORS = 20;

const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  strict: true,
  // Making the validator of schemas takes longer than those of all of ours together; a test holds ours against it.
  meta: false,
  validateSchema: false,
  formats: { 'date-time': true, uri: true },
});

/** A compiled schema: what is wrong with a value, or undefined. Compile once, at start. */
export function createValidator(schema: TSchema): (value: unknown) => readonly FieldError[] | undefined {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? undefined : fieldErrors(validate.errors ?? []));
}

function fieldErrors(errors: readonly ErrorObject[]): readonly FieldError[] {
  return errors.slice(0, MAXIMUM_ERRORS).map(({ instancePath, keyword, params, message }) => {
    if (keyword === 'required') {
      const name = String(params['missingProperty']).replaceAll('~', '~0').replaceAll('/', '~1');
      return { pointer: `${instancePath}/${name}`, message: 'is required' };
    }
    return { pointer: instancePath, message: message ?? 'is not valid' };
  });
}
