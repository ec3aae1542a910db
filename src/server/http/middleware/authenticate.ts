import type { RequestHandler } from 'express';
import { EXPIRED, within } from '../../decide/deadline.ts';
import type { Caller, Ports, Scope } from '../../ports.ts';
import { exchangeOf } from '../exchange.ts';
import { Problem } from '../problem.ts';

/** Where policy says nothing, finding out who calls may take so many milliseconds. */
const AUTHENTICATION_TIMEOUT = 5_000;

/**
 * Lets pass whoever proves to be a caller with this scope; 401 for those who prove nothing, 403 for those whose key is
 * good for other things. When that takes longer than `deadline authentication` allows, a decision is denied (the route
 * does that) and anything else is a 503.
 */
export function authenticate(
  { authenticator, bundles, clock }: Ports,
  scope: Scope,
  isDecision: boolean,
): RequestHandler {
  return (request, response, next) => {
    const deadline = bundles.current().engine.bundle.authenticationDeadline ?? AUTHENTICATION_TIMEOUT;
    const startedAt = clock.monotonic();
    const conclude = (caller: Caller | undefined | typeof EXPIRED): void => {
      const exchange = exchangeOf(response);
      if (caller === EXPIRED || (caller !== undefined && clock.monotonic() - startedAt > deadline)) {
        if (!isDecision) throw new Problem('timed_out', 'it took too long to find out who calls');
        exchange.authenticationExpired = true;
      } else if (caller === undefined) {
        throw new Problem('unauthenticated', 'send the API key as `Authorization: Bearer KEY`', {
          headers: { 'WWW-Authenticate': 'Bearer' },
        });
      } else if (!caller.scopes.has(scope)) {
        throw new Problem('scope_missing', `this key has not the scope \`${scope}\`, which this route needs`);
      } else exchange.caller = caller;
      next();
    };
    const found = authenticator.authenticate(request.headers.authorization);
    return found instanceof Promise ? within(found, deadline).then(conclude) : conclude(found);
  };
}
