import type { Request } from 'express';
import type { Page } from '../policies/policy-reader.ts';
import { parameterOf } from './parameter.ts';
import { Problem } from './problem.ts';
import type { PageQuery } from './schemas/policy-schema.ts';

const DEFAULT_LIMIT = 20;

/** The page that a valid query asks for. */
export function pageOf(request: Request): Page {
  const { limit, cursor } = request.query as PageQuery;
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : Number(limit),
    ...(cursor === undefined ? {} : { cursor: Number(cursor) }),
  };
}

/** The version that an address names. */
export function versionIn(request: Request): number {
  const text = parameterOf(request, 'version');
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new Problem('unknown_version', 'versions are whole numbers from 1 on');
}
