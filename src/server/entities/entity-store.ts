import type { Database, Row, Session, Statement } from '../store/database.ts';
import type { CheckedEntity, Precondition, StoredEntity } from './entity-types.ts';

/** An entity that was written, or as it was before it was deleted. */
export interface Changed {
  readonly entity: StoredEntity;
  /** The number of the transaction: a decision may demand to see what it did. */
  readonly token: string;
}

export interface Written extends Changed {
  /** False when it was there before. */
  readonly created: boolean;
}

const NEXT = "nextval('velro_state.entity_revisions')";
const COLUMNS = 'id, attributes, revision, created_at, updated_at';
const RETURNING = `returning ${COLUMNS}, pg_current_xact_id()::text as token`;
/** Worked out once the row is locked, so that the revisions of a row grow in the order of its writes. */
const REPLACE = `attributes = excluded.attributes, revision = ${NEXT}, updated_at = now()`;
/** Only a row that was inserted and not replaced has none. */
const IS_NEW = '(xmax = 0) as created';

/** Held by the import that stores a batch, so that two of them never wait for each other's rows. */
const IMPORT_LOCK = 7_083_552;

/** The entity as it is stored now; what was acknowledged is seen. */
export async function readEntity(
  database: Database,
  type: string,
  id: string,
): Promise<StoredEntity | undefined> {
  // A replica, which reading for decisions may use, may lag behind.
  const { rows } = await database.query('write', {
    name: 'entity_read',
    text: `select ${COLUMNS} from velro_state.entities where type = $1 and id = $2`,
    values: [type, id],
  });
  return rows[0] === undefined ? undefined : entityOf(type, rows[0]);
}

/** Writes an entity if the precondition holds; else undefined. */
export async function putEntity(
  session: Session,
  { type, id, attributes }: CheckedEntity,
  precondition: Precondition,
): Promise<Written | undefined> {
  const values = [type, id, attributes];
  const insert = `insert into velro_state.entities (type, id, attributes, revision) values ($1, $2, $3, ${NEXT})`;
  const update = `update velro_state.entities set attributes = $3, revision = ${NEXT}, updated_at = now() where type = $1 and id = $2`;
  const statementOf = (): Statement => {
    switch (precondition.kind) {
      case 'none':
        return {
          text: `${insert} on conflict (type, id) do update set ${REPLACE} ${RETURNING}, ${IS_NEW}`,
          values,
        };
      case 'absent':
        return { text: `${insert} on conflict (type, id) do nothing ${RETURNING}, true as created`, values };
      case 'present':
        return { text: `${update} ${RETURNING}, false as created`, values };
      case 'revision':
        return {
          text: `${update} and revision = any($4::bigint[]) ${RETURNING}, false as created`,
          values: [...values, precondition.revisions],
        };
    }
  };
  const { rows } = await session.query(statementOf());
  const [row] = rows;
  return row && { ...changedOf(type, row), created: row['created'] === true };
}

/** Deletes an entity if it is there and the precondition holds; gives it as it was. */
export async function deleteEntity(
  session: Session,
  type: string,
  id: string,
  precondition: Precondition,
): Promise<Changed | undefined> {
  const isBound = precondition.kind === 'revision';
  const { rows } = await session.query({
    text: `delete from velro_state.entities where type = $1 and id = $2${isBound ? ' and revision = any($3::bigint[])' : ''} ${RETURNING}`,
    values: isBound ? [type, id, precondition.revisions] : [type, id],
  });
  return rows[0] && changedOf(type, rows[0]);
}

/** A page ends early when its attributes have so many bytes. */
const MAXIMUM_PAGE = 8 * 1024 * 1024;

/** The entities of a type that follow on an id, by id; `isLast` when none follow on them. */
export function pageStatement(type: string, after: string, limit: number): Statement {
  return {
    name: 'entity_page',
    text: `select ${COLUMNS}, found from (
        select page.*, count(*) over () as found,
          coalesce(sum(octet_length(attributes::text)) over (order by id rows between unbounded preceding and 1 preceding), 0) as before
        from (select ${COLUMNS} from velro_state.entities where type = $1 and id > $2 order by id limit $3 + 1) page
      ) sized where before < ${MAXIMUM_PAGE} order by id limit $3`,
    values: [type, after, limit],
  };
}

export async function pageOf(
  database: Database,
  type: string,
  after: string,
  limit: number,
): Promise<{ readonly entities: readonly StoredEntity[]; readonly isLast: boolean }> {
  const { rows } = await database.query('write', pageStatement(type, after, limit));
  return {
    entities: rows.map((row) => entityOf(type, row)),
    isLast: rows.length === 0 || rows[0]?.['found'] === rows.length,
  };
}

/** What a batch does to one entity. */
export interface BulkWrite {
  readonly type: string;
  readonly id: string;
  /** Undefined: it is deleted. */
  readonly attributes?: CheckedEntity['attributes'];
}

/** What became of it. */
export interface BulkResult {
  readonly type: string;
  readonly id: string;
  readonly change: 'created' | 'replaced' | 'deleted';
  readonly revision: number;
}

/** What a batch did. */
export interface BulkWritten {
  readonly results: readonly BulkResult[];
  /** The number of the transaction: a decision may demand to see what it did. */
  readonly token: string;
}

/** Makes many writes, of which no two are to the same entity; gives those that changed something. */
export async function writeMany(session: Session, writes: readonly BulkWrite[]): Promise<BulkWritten> {
  const begun = await session.query<{ readonly token: string }>({
    text: `select pg_advisory_xact_lock(${IMPORT_LOCK}), pg_current_xact_id()::text as token`,
  });
  const gone = writes.filter(({ attributes }) => attributes === undefined);
  const kept = writes.filter(({ attributes }) => attributes !== undefined);
  const results: BulkResult[] = [];
  if (gone.length > 0) {
    const { rows } = await session.query<ChangedRow>({
      text: `delete from velro_state.entities using unnest($1::text[], $2::text[]) as gone (type, id)
        where entities.type = gone.type and entities.id = gone.id
        returning entities.type, entities.id, entities.revision`,
      values: [gone.map(({ type }) => type), gone.map(({ id }) => id)],
    });
    for (const row of rows) results.push({ ...row, change: 'deleted' });
  }
  if (kept.length > 0) {
    const { rows } = await session.query<ChangedRow & { readonly created: boolean }>({
      text: `insert into velro_state.entities (type, id, attributes, revision)
        select type, id, attributes, ${NEXT}
        from unnest($1::text[], $2::text[], $3::jsonb[]) as kept (type, id, attributes) order by type, id
        on conflict (type, id) do update set ${REPLACE} returning type, id, revision, ${IS_NEW}`,
      values: [
        kept.map(({ type }) => type),
        kept.map(({ id }) => id),
        kept.map(({ attributes }) => JSON.stringify(attributes)),
      ],
    });
    for (const { created, ...row } of rows)
      results.push({ ...row, change: created ? 'created' : 'replaced' });
  }
  return { results, token: begun.rows[0]?.token ?? '' };
}

type ChangedRow = Row & { readonly type: string; readonly id: string; readonly revision: number };

function changedOf(type: string, row: Row): Changed {
  return { entity: entityOf(type, row), token: row['token'] as string };
}

function entityOf(type: string, row: Row): StoredEntity {
  return {
    type,
    id: row['id'] as string,
    attributes: row['attributes'] as StoredEntity['attributes'],
    revision: row['revision'] as number,
    createdAt: row['created_at'] as string,
    updatedAt: row['updated_at'] as string,
  };
}
