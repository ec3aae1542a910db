import { parseUuid } from './parse-uuid.ts';
import type { EntityInfo } from './schema.ts';

/** The canonical spelling of an id of this entity; undefined when it is none (of a `uuid` or `int` key, or empty). */
export function parseId(entity: EntityInfo, id: string): string | undefined {
  switch (entity.keyType) {
    case 'string':
      return id === '' ? undefined : id;
    case 'uuid':
      return parseUuid(id);
    case 'int': {
      const [, sign = '', digits] = /^(-?)0*(0|[1-9][0-9]{0,15})$/.exec(id) ?? [];
      if (digits === undefined || !Number.isSafeInteger(Number(digits))) return undefined;
      return digits === '0' ? digits : sign + digits;
    }
  }
}

/**
 * An id from outside: canonical where it is one of the entity's, else as it was written, since what names nothing must
 * still be told from other things. Ids are strings or whole numbers; undefined: it is neither.
 */
export function canonicalId(entity: EntityInfo | undefined, id: unknown): string | undefined {
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text !== 'string') return undefined;
  return (entity === undefined ? undefined : parseId(entity, text)) ?? text;
}
