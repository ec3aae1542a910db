import type { AccessRequest } from '../engine/decide/types.ts';
import { accessRequestOf } from '../server/decide/access-request.ts';
import { AccessQuestion } from '../server/http/schemas/access-schema.ts';
import { createValidator } from '../server/http/validator.ts';
import { parseJson } from '../server/json/parse-json.ts';
import { UsageError } from './usage-error.ts';

/** Arrays and objects nest at most so deep in a request, as on the server. */
const MAXIMUM_DEPTH = 32;

/** A request as `POST /decide` takes it; what is wrong with it is misuse, named. */
export function parseRequest(text: string, from: string): AccessRequest {
  const parsed = parseJson(text, MAXIMUM_DEPTH);
  if (!parsed.ok) throw new UsageError(`${from}: ${parsed.detail}`);
  const errors = createValidator(AccessQuestion)(parsed.value);
  if (errors !== undefined) {
    const named = errors.map(({ pointer, message }) => `${pointer || '/'} ${message}`);
    throw new UsageError(
      `${from} is no request: ${named.join('; ')}`,
      'a request is {subject: {type, id}, action: {name}, resource: {type, id}, context?}',
    );
  }
  return accessRequestOf(parsed.value as AccessQuestion);
}
