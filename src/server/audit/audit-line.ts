import type { AuditRecord } from './audit-entry.ts';

/** A line longer than this says less, in UTF-16 code units. */
const MAXIMUM_LENGTH = 16 * 1024;

/** A record as a line, without the values that a request brought if it would be too long with them. */
export function auditLine(record: AuditRecord): string {
  const text = JSON.stringify(record);
  return `${text.length <= MAXIMUM_LENGTH ? text : JSON.stringify(shortened(record))}\n`;
}

function shortened(record: AuditRecord): Readonly<Record<string, unknown>> {
  const { context: _context, illTyped: _illTyped, missing: _missing, ...kept } = record;
  const rest: Record<string, unknown> = { ...kept, truncated: true };
  for (const root of ['subject', 'resource', 'action']) {
    const value = rest[root];
    if (typeof value !== 'object' || value === null) continue;
    const { attributes: _attributes, ...named } = value as Readonly<Record<string, unknown>>;
    rest[root] = named;
  }
  return rest;
}
