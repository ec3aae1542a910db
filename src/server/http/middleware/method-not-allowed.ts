import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';

/** Stands at the end of an address: what came so far used a method that none of its routes takes. */
export function methodNotAllowed(methods: readonly string[]): RequestHandler {
  const upper = methods.map((method) => method.toUpperCase());
  if (upper.includes('GET')) upper.push('HEAD');
  const allow = upper.toSorted().join(', ');
  return (request) => {
    throw new Problem('method_not_allowed', `${request.method} is not allowed here, but ${allow}`, {
      headers: { Allow: allow },
    });
  };
}
