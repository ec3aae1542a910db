import type { IncomingHttpHeaders } from 'node:http';
import type { Precondition } from '../entities/entity-types.ts';
import { Problem } from './problem.ts';

/** A revision as an entity tag: strong, since no two writes have the same. */
export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/** On answers to writes: the token with which a decision demands to see the write. */
export const CONSISTENCY_HEADER = 'Velro-Consistency';

const TAGS = /^\s*(?:W\/)?"[^"]*"\s*(?:,\s*(?:W\/)?"[^"]*"\s*)*$/;

/** What `If-Match` or `If-None-Match: *` ask of a write (RFC 9110, 13.1); throws a `Problem` for what they cannot ask. */
export function preconditionOf(headers: IncomingHttpHeaders): Precondition {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match !== undefined && noneMatch !== undefined)
    throw invalid('send `If-Match` or `If-None-Match`, not both');
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*') return { kind: 'absent' };
    throw invalid('`If-None-Match` of a write must be `*`');
  }
  if (match === undefined) return { kind: 'none' };
  if (match.trim() === '*') return { kind: 'present' };
  if (!TAGS.test(match)) throw invalid('`If-Match` must be `*` or the `ETag` of an answer');
  // Weak tags, and tags that are no revision, match nothing.
  const revisions = [...match.matchAll(/(W\/)?"(\d{1,16})"/g)]
    .filter(([, weak, digits]) => weak === undefined && Number.isSafeInteger(Number(digits)))
    .map(([, , digits]) => Number(digits));
  return { kind: 'revision', revisions };
}

function invalid(message: string): Problem {
  return new Problem('invalid_request', message);
}
