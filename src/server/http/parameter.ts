import type { Request } from 'express';

/** A parameter of the address, decoded. */
export function parameterOf(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value === 'string') return value;
  throw new TypeError(`the route has no parameter ${name}`);
}
