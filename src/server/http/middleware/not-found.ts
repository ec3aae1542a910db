import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';

/** Stands after all routes. */
export const notFound: RequestHandler = () => {
  throw new Problem('not_found', 'see /openapi.json for what there is');
};
