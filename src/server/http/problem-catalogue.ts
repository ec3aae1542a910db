/** One kind of error answer. Codes are API, prose is not. */
export interface ProblemSpec {
  readonly status: number;
  readonly title: string;
}

/** Every error that the server answers, by code. A denial is none: it is a 200. */
export const PROBLEMS = {
  audit_unavailable: { status: 503, title: 'It could not be recorded, so it is not given or made' },
  body_too_large: { status: 413, title: 'The body is too large' },
  database_unavailable: { status: 503, title: 'The database did not answer in time' },
  entity_not_found: { status: 404, title: 'No such entity is stored' },
  entity_not_stored: { status: 409, title: 'Nothing of this type is kept in the store' },
  facts_unavailable: { status: 503, title: 'The facts that the decision needs could not be loaded' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong in the server' },
  invalid_bundle: { status: 422, title: 'The files are no bundle' },
  invalid_entity: { status: 422, title: 'The entity does not fit its type' },
  invalid_lines: { status: 422, title: 'A batch has lines that cannot be stored' },
  invalid_request: { status: 400, title: 'The request does not have the required form' },
  layer_version_unchanged: { status: 409, title: 'A layer changed under an unchanged version' },
  malformed_http: { status: 400, title: 'The request is no HTTP' },
  malformed_json: { status: 400, title: 'The body is not well-formed JSON' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  nesting_too_deep: { status: 400, title: 'The body is nested too deep' },
  no_earlier_version: { status: 409, title: 'There is no version to go back to' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  override_not_open: { status: 404, title: 'The override is not open for this subject' },
  policies_from_folder: { status: 409, title: 'This server answers from a folder' },
  policy_changed: { status: 409, title: 'The policies were changed meanwhile' },
  policy_findings: { status: 422, title: 'The bundle has errors' },
  policy_tampered: { status: 422, title: 'The stored files are not those that were published' },
  policy_tests_failed: { status: 422, title: 'The tests of the bundle fail' },
  policy_too_slow: { status: 422, title: 'The bundle takes too long to check and test' },
  precondition_failed: { status: 412, title: 'The entity is not as the request asks' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  scope_missing: { status: 403, title: 'The API key is not good for this' },
  signature_invalid: { status: 422, title: 'The signature is not one of this content' },
  signature_missing: { status: 422, title: 'The bundle must be signed' },
  signature_untrusted: { status: 422, title: 'The bundle is signed by a key that is not trusted' },
  state_unavailable: { status: 503, title: 'The change could not be stored, so it was not made' },
  timed_out: { status: 503, title: 'The answer took too long' },
  too_many_overrides: { status: 409, title: 'Too many overrides are open' },
  too_many_signatures: { status: 422, title: 'The content has as many signatures as are kept' },
  unauthenticated: { status: 401, title: 'An API key is needed' },
  unknown_entity_type: { status: 404, title: 'The bundle declares no such entity' },
  unknown_mode: { status: 404, title: 'The bundle declares no such mode' },
  unknown_override: { status: 404, title: 'The bundle declares no such override' },
  unknown_version: { status: 404, title: 'There is no such version of the policies' },
  unsupported_content_encoding: { status: 415, title: 'The body must not be encoded' },
  unsupported_content_type: { status: 400, title: 'The body must be of another type' },
} as const satisfies Readonly<Record<string, ProblemSpec>>;

export type ProblemCode = keyof typeof PROBLEMS;
