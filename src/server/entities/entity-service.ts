import type { Schema } from '../../dsl/types/schema.ts';
import type { About } from '../decide/about.ts';
import type { Ports } from '../ports.ts';
import type { Line } from '../read-lines.ts';
import { recordChanges } from './audit-entity.ts';
import { checkEntity, storedIdOf, storedTypeOf } from './check-entity.ts';
import { type Changed, deleteEntity, pageOf, putEntity, readEntity, type Written } from './entity-store.ts';
import {
  type EntityOutcome,
  type EntityRefused,
  type Precondition,
  refuse,
  type StoredEntity,
} from './entity-types.ts';
import { type ImportOutcome, type ImportProgress, importLines } from './import-lines.ts';
import { decodeCursor, encodeCursor } from './page-cursor.ts';
import { recordedWrite } from './recorded-write.ts';

export interface EntityPage {
  readonly entities: readonly StoredEntity[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** Entities, and stored attributes of mapped ones, as the running bundle declares them. Every write is recorded. */
export interface EntityService {
  put(
    type: string,
    id: string,
    attributes: Readonly<Record<string, unknown>>,
    precondition: Precondition,
    about: About,
  ): Promise<EntityOutcome<Written>>;
  get(type: string, id: string): Promise<EntityOutcome<StoredEntity>>;
  delete(type: string, id: string, precondition: Precondition, about: About): Promise<EntityOutcome<Changed>>;
  /** `undefined` when the cursor is none. */
  list(type: string, limit: number, cursor?: string): Promise<EntityOutcome<EntityPage | undefined>>;
  /** Stores batch after batch, and tells after each how far it is; ends with the first that cannot be stored. */
  importLines(
    lines: AsyncIterable<Line>,
    about: About,
    onProgress: (progress: ImportProgress) => Promise<void>,
  ): Promise<ImportOutcome>;
}

export function createEntityService(ports: Ports): EntityService {
  const { bundles, database } = ports;
  const record = recordChanges(ports);
  const schema = (): Schema => bundles.current().engine.bundle;

  /** Where the entity is, if there may be one. */
  const placeOf = (type: string, id: string): EntityOutcome<string> => {
    const entity = storedTypeOf(type, schema());
    if (!entity.ok) return entity;
    const stored = storedIdOf(entity.value, id);
    return stored === undefined ? notFound(type) : { ok: true, value: stored };
  };

  return {
    async put(type, id, attributes, precondition, about) {
      const checked = checkEntity(type, id, attributes, schema());
      if (!checked.ok) return checked;
      const outcome = await recordedWrite({ database, record }, 'write', about, async (session) => {
        const written = await putEntity(session, checked.value, precondition);
        if (written === undefined) return { value: undefined, changes: [] };
        const { entity, created } = written;
        const change = created ? 'create_entity' : 'replace_entity';
        const names = Object.keys(checked.value.attributes);
        return {
          value: written,
          changes: [{ change, type, id: entity.id, revision: entity.revision, attributes: names }],
        };
      });
      if (!outcome.ok) return outcome;
      return outcome.value === undefined ? failed(precondition) : { ok: true, value: outcome.value };
    },

    async get(type, id) {
      const place = placeOf(type, id);
      if (!place.ok) return place;
      const entity = await readEntity(database, type, place.value);
      return entity === undefined ? notFound(type) : { ok: true, value: entity };
    },

    async delete(type, id, precondition, about) {
      const place = placeOf(type, id);
      if (!place.ok) return place;
      const outcome = await recordedWrite({ database, record }, 'write', about, async (session) => {
        const deleted = await deleteEntity(session, type, place.value, precondition);
        if (deleted === undefined) return { value: undefined, changes: [] };
        const { id: stored, revision } = deleted.entity;
        return { value: deleted, changes: [{ change: 'delete_entity', type, id: stored, revision }] };
      });
      if (!outcome.ok) return outcome;
      if (outcome.value !== undefined) return { ok: true, value: outcome.value };
      return precondition.kind === 'none' ? notFound(type) : failed(precondition);
    },

    async list(type, limit, cursor) {
      const entity = storedTypeOf(type, schema());
      if (!entity.ok) return entity;
      const after = cursor === undefined ? '' : decodeCursor(type, cursor);
      if (after === undefined) return { ok: true, value: undefined };
      const { entities, isLast } = await pageOf(database, type, after, limit);
      const last = entities.at(-1);
      const next = isLast || last === undefined ? undefined : encodeCursor(type, last.id);
      return { ok: true, value: { entities, next } };
    },

    importLines: (lines, about, onProgress) =>
      importLines({ database, record, schema }, lines, about, onProgress),
  };
}

function notFound(type: string): EntityRefused {
  return refuse('entity_not_found', `nothing is stored of a ${type} with this id`);
}

function failed({ kind }: Precondition): EntityRefused {
  return refuse(
    'precondition_failed',
    kind === 'absent'
      ? 'there is such an entity, and `If-None-Match: *` asks that there be none'
      : 'the entity is not the one that `If-Match` asks for: read it again',
  );
}
