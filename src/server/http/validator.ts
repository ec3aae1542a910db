import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { once } from '../../engine/once.ts';
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

/**
 * Tells what is wrong with a value, or undefined. Create it once: it compiles its schema when it is first asked, since most
 * routes are not asked at all; a test compiles those of all routes.
 */
export function createValidator(schema: TSchema): (value: unknown) => readonly FieldError[] | undefined {
  const compiled = once(() => ajv.compile(schema));
  return (value) => {
    const validate = compiled();
    return validate(value) ? undefined : fieldErrors(validate.errors ?? []);
  };
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
