import { UNKNOWN, type Value, ValueMap, ValueSet } from '../../types/values.ts';

/** How much is in a collection; undefined when part of it is not known, as nothing can be said of the whole then. */
export function countOf(collection: Value): number | undefined {
  if (Array.isArray(collection)) return collection.includes(UNKNOWN) ? undefined : collection.length;
  if (collection instanceof ValueSet) return collection.partial ? undefined : collection.items.size;
  if (collection instanceof ValueMap) return collection.partial ? undefined : collection.keys.size;
  throw new TypeError('not a collection');
}
