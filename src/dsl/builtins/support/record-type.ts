import type { Type } from '../../types/types.ts';

/** A record type of these attributes, all of them required. */
export function recordType(attributes: Readonly<Record<string, Type>>): Type {
  const entries = Object.entries(attributes).map(
    ([name, type]) => [name, { type, optional: false }] as const,
  );
  return { kind: 'record', attributes: new Map(entries) };
}
