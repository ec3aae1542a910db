import { IpAddress, IpNetwork, type Outcome, Reference, ValueMap, ValueSet } from '../../dsl/types/values.ts';

/** Whether nothing in a value is unknown. */
export function isWhole(value: Outcome): boolean {
  if (typeof value === 'symbol') return false;
  if (typeof value !== 'object') return true;
  if (value instanceof Reference || value instanceof IpAddress || value instanceof IpNetwork) return true;
  if (value instanceof ValueSet) return !value.partial;
  if (value instanceof ValueMap) return !value.partial && [...value.values.values()].every(isWhole);
  return Array.isArray(value) ? value.every(isWhole) : Object.values(value).every(isWhole);
}

/** Whether a database can keep JSON as it is: no text in it has a NUL, or half of a surrogate pair. */
export function isStorable(json: unknown): boolean {
  if (typeof json === 'string') return json.isWellFormed() && !json.includes('\0');
  if (typeof json !== 'object' || json === null) return true;
  return Array.isArray(json)
    ? json.every(isStorable)
    : Object.entries(json).every(([key, value]) => isStorable(key) && isStorable(value));
}
