import { isObject } from '../../dsl/types/is-object.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import type { About } from '../decide/about.ts';
import type { FieldError } from '../http/problem.ts';
import { parseJson } from '../json/parse-json.ts';
import { type Line, LineError } from '../read-lines.ts';
import type { Database } from '../store/database.ts';
import { takeTurns } from '../take-turns.ts';
import type { EntityChange, RecordChanges } from './audit-entity.ts';
import { checkEntity, storedIdOf, storedTypeOf } from './check-entity.ts';
import { type BulkResult, type BulkWrite, writeMany } from './entity-store.ts';
import type { EntityRefused } from './entity-types.ts';
import { recordedWrite } from './recorded-write.ts';

/** So many lines are stored together or not at all, … */
export const BATCH_LINES = 1_000;
/** … or fewer, once they have so many characters. */
const BATCH_LENGTH = 8 * 1024 * 1024;
/** A line has at most so many characters … */
export const MAXIMUM_LINE = 1024 * 1024;
/** … and nests at most so deep. */
const MAXIMUM_DEPTH = 32;
/** At most so many errors of a batch are named. */
const MAXIMUM_ERRORS = 20;

/** What is stored so far. */
export interface ImportProgress {
  /** The last line of what is stored, from 1. */
  readonly lines: number;
  readonly created: number;
  readonly replaced: number;
  /** Entities that were there. */
  readonly deleted: number;
  /** A decision may demand by it to see all that is stored; undefined while nothing is. */
  readonly token?: string;
}

/** An error of one line. */
export interface LineFieldError extends FieldError {
  /** From 1. */
  readonly line: number;
}

export type ImportOutcome =
  | { readonly ok: true; readonly progress: ImportProgress }
  | {
      readonly ok: false;
      readonly refusal: 'invalid_lines' | 'audit_unavailable';
      readonly detail: string;
      readonly errors?: readonly LineFieldError[];
      /** What was stored before, and is. */
      readonly progress: ImportProgress;
    };

export interface ImportTools {
  readonly database: Database;
  readonly record: RecordChanges;
  /** Of the bundle that runs now; a batch is checked by one. */
  readonly schema: () => Schema;
}

/** Stores lines in batches, each all or nothing; the first that cannot be stored is the last. */
export async function importLines(
  tools: ImportTools,
  lines: AsyncIterable<Line>,
  about: About,
  onProgress: (progress: ImportProgress) => Promise<void>,
): Promise<ImportOutcome> {
  let progress: ImportProgress = { lines: 0, created: 0, replaced: 0, deleted: 0 };
  let batch: Line[] = [];
  let length = 0;
  let last = 0;

  const store = async (): Promise<ImportOutcome | undefined> => {
    const checked = await checkBatch(batch, tools.schema());
    if (checked.errors.length > 0) return invalid(checked.errors, progress);
    const { database, record } = tools;
    const outcome = await recordedWrite({ database, record }, 'batch', about, async (session) => {
      const written = await writeMany(session, checked.writes);
      return { value: written, changes: written.results.map((one) => changeOf(one, checked.names)) };
    });
    if (!outcome.ok) return { ok: false, refusal: 'audit_unavailable', detail: outcome.detail, progress };
    const count = (change: BulkResult['change']): number =>
      outcome.value.results.filter((one) => one.change === change).length;
    progress = {
      lines: last,
      created: progress.created + count('created'),
      replaced: progress.replaced + count('replaced'),
      deleted: progress.deleted + count('deleted'),
      // Batches follow one another: who sees the last sees those before.
      token: outcome.value.token,
    };
    batch = [];
    length = 0;
    await onProgress(progress);
    return undefined;
  };

  try {
    for await (const line of lines) {
      last = line.number;
      if (line.text.trim() === '') continue;
      batch.push(line);
      length += line.text.length;
      if (batch.length < BATCH_LINES && length < BATCH_LENGTH) continue;
      const refused = await store();
      if (refused !== undefined) return refused;
    }
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    // The lines before it belong to the same batch.
    return invalid([{ line: error.line, pointer: '', message: error.message }], progress);
  }
  const refused = batch.length === 0 ? undefined : await store();
  return refused ?? { ok: true, progress: { ...progress, lines: last } };
}

function invalid(errors: readonly LineFieldError[], progress: ImportProgress): ImportOutcome {
  const detail =
    progress.lines === 0
      ? 'nothing is stored; see `errors`'
      : `what stands up to line ${progress.lines} is stored, and nothing of what follows; see \`errors\``;
  return { ok: false, refusal: 'invalid_lines', detail, errors, progress };
}

interface CheckedBatch {
  /** The last of each entity. */
  readonly writes: readonly BulkWrite[];
  /** The attributes of an entity that is written, by its key. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly errors: readonly LineFieldError[];
}

async function checkBatch(lines: readonly Line[], schema: Schema): Promise<CheckedBatch> {
  const writes = new Map<string, BulkWrite>();
  const names = new Map<string, readonly string[]>();
  const errors: LineFieldError[] = [];
  const rest = takeTurns();
  for (const { number, text } of lines) {
    const write = readLine(text, schema);
    if ('errors' in write) errors.push(...write.errors.map((one) => ({ line: number, ...one })));
    else {
      const key = keyOf(write);
      writes.set(key, write);
      names.set(key, Object.keys(write.attributes ?? {}));
    }
    if (errors.length >= MAXIMUM_ERRORS) break;
    await rest();
  }
  return { writes: [...writes.values()], names, errors: errors.slice(0, MAXIMUM_ERRORS) };
}

/** `{type, id, attributes}` writes, as in a file of facts; `{type, id, delete: true}` deletes. */
function readLine(text: string, schema: Schema): BulkWrite | { readonly errors: readonly FieldError[] } {
  const parsed = parseJson(text, MAXIMUM_DEPTH);
  if (!parsed.ok) return bad('', parsed.detail);
  const { value } = parsed;
  if (!isObject(value))
    return bad('', 'must be an object {type, id, attributes} or {type, id, delete: true}');
  for (const name of Object.keys(value)) if (!KNOWN.has(name)) return bad('', FORM);
  const { type, id, attributes } = value;
  if (typeof type !== 'string') return bad('/type', 'must be the name of an entity');
  if (typeof id !== 'string' && !Number.isSafeInteger(id))
    return bad('/id', 'must be a string or a whole number');
  const isDelete = Object.hasOwn(value, 'delete');
  if (isDelete && (value['delete'] !== true || Object.hasOwn(value, 'attributes'))) return bad('', FORM);
  if (isDelete) {
    const entity = storedTypeOf(type, schema);
    if (!entity.ok) return refusedAs(entity);
    const stored = storedIdOf(entity.value, id as string | number);
    return stored === undefined ? bad('/id', `is no id of ${type}`) : { type, id: stored };
  }
  if (!isObject(attributes)) return bad('/attributes', 'must be an object');
  const checked = checkEntity(type, id as string | number, attributes, schema);
  return checked.ok ? checked.value : refusedAs(checked);
}

const KNOWN: ReadonlySet<string> = new Set(['type', 'id', 'attributes', 'delete']);
const FORM =
  'must be {type, id, attributes} to write or {type, id, delete: true} to delete, and nothing else';

function bad(pointer: string, message: string): { readonly errors: readonly FieldError[] } {
  return { errors: [{ pointer, message }] };
}

function refusedAs({ detail, errors }: EntityRefused): { readonly errors: readonly FieldError[] } {
  return { errors: errors ?? [{ pointer: '/type', message: detail }] };
}

function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}:${id}`;
}

const CHANGES: Readonly<Record<BulkResult['change'], EntityChange['change']>> = {
  created: 'create_entity',
  replaced: 'replace_entity',
  deleted: 'delete_entity',
};

function changeOf(
  { type, id, change, revision }: BulkResult,
  names: ReadonlyMap<string, readonly string[]>,
): EntityChange {
  const attributes = names.get(keyOf({ type, id })) ?? [];
  return {
    change: CHANGES[change],
    type,
    id,
    revision,
    ...(change === 'deleted' ? {} : { attributes }),
  };
}
