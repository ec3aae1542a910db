import { nearestName } from '../../dsl/diagnostics/nearest-name.ts';
import { decodeAttributes } from '../../dsl/types/decode-attributes.ts';
import { emptyReport } from '../../dsl/types/decode-report.ts';
import { encode, setField } from '../../dsl/types/encode.ts';
import { canonicalId, parseId } from '../../dsl/types/entity-id.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../dsl/types/schema.ts';
import type { FieldError } from '../http/problem.ts';
import { type CheckedEntity, type EntityOutcome, type EntityRefused, refuse } from './entity-types.ts';
import { expectationOf } from './expectation.ts';
import { isStorable, isWhole } from './whole-value.ts';

/** An id has at most so many characters … */
export const MAXIMUM_ID = 1024;
/** … and so many bytes in UTF-8: with its type it is the key of an index, whose entries fit on a third of a page. */
const MAXIMUM_ID_BYTES = 2048;
/** At most so many errors are named for one entity. */
const MAXIMUM_ERRORS = 20;

type Json = Readonly<Record<string, unknown>>;

/** The type of that name, if the engine's own store keeps something of it. */
export function storedTypeOf(name: string, schema: Schema): EntityOutcome<EntityInfo> {
  const entity = schema.entities.get(name);
  if (entity === undefined) {
    const near = nearestName(name, schema.entities.keys());
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return refuse('unknown_entity_type', `the bundle declares no entity of this name${hint}`);
  }
  if (entity.storage === 'supplied')
    return refuse('entity_not_stored', `${name} is supplied by requests, so nothing of it is stored`);
  if (entity.storage === 'mapped' && ![...entity.attributes.values()].some(isKept))
    return refuse(
      'entity_not_stored',
      `${name} is read from a table and has no attributes that are \`stored\``,
    );
  return { ok: true, value: entity };
}

/** The id as it is stored; undefined when the key of the type does not allow it. */
export function storedIdOf(entity: EntityInfo, id: string | number): string | undefined {
  const text = canonicalId(entity, id);
  if (text === undefined || text.length > MAXIMUM_ID || !isStorable(text)) return undefined;
  return Buffer.byteLength(text) > MAXIMUM_ID_BYTES ? undefined : parseId(entity, text);
}

/** Checks an entity against a schema, with the decoder that reads facts: what passes is read again as it was meant. */
export function checkEntity(
  type: string,
  id: string | number,
  json: Json,
  schema: Schema,
): EntityOutcome<CheckedEntity> {
  const found = storedTypeOf(type, schema);
  if (!found.ok) return found;
  const entity = found.value;
  const stored = storedIdOf(entity, id);
  const { attributes, errors } = checkAttributes(json, entity, schema);
  if (stored === undefined) errors.unshift({ pointer: '/id', message: badId(entity) });
  if (stored === undefined || errors.length > 0) return invalid(type, errors);
  return { ok: true, value: { type, id: stored, attributes } };
}

function invalid(type: string, errors: readonly FieldError[]): EntityRefused {
  const detail = `the entity does not have the form that the bundle declares for ${type}; see \`errors\``;
  return refuse('invalid_entity', detail, errors.slice(0, MAXIMUM_ERRORS));
}

function badId({ name, keyType }: EntityInfo): string {
  return `is no id of ${name}: its key is ${keyType}, of at most ${MAXIMUM_ID} characters and ${MAXIMUM_ID_BYTES} bytes`;
}

function checkAttributes(
  json: Json,
  entity: EntityInfo,
  schema: Schema,
): { attributes: Json; errors: FieldError[] } {
  const takes = entity.storage === 'mapped' ? isKept : isWritten;
  const report = emptyReport();
  const record = decodeAttributes(json, entity.attributes, schema, 'attributes', report, { takes });
  const attributes: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  const add = (key: string, message: string): void => void errors.push({ pointer: pointerTo(key), message });
  const spellings = new Set([...entity.attributes.values()].map(({ spelling }) => spelling));
  const used = new Set<string>();

  for (const attribute of entity.attributes.values()) {
    if (!takes(attribute)) continue;
    const { name, spelling, type, optional } = attribute;
    const alias = name !== spelling && !spellings.has(name) && Object.hasOwn(json, name) ? name : undefined;
    const key = Object.hasOwn(json, spelling) ? spelling : (alias ?? spelling);
    used.add(key);
    if (alias !== undefined && alias !== key) {
      used.add(alias);
      add(alias, `is the same attribute as ${spelling}`);
    }
    if (!Object.hasOwn(json, key) || json[key] === null) {
      if (!optional && attribute.default === undefined)
        add(key, `is required: ${expectationOf(type, schema)}`);
      continue;
    }
    const value = record[name];
    const begins = (path: string): boolean =>
      path.startsWith(`attributes.${key}.`) || path.startsWith(`attributes.${key}[`);
    if (!isWhole(value)) {
      add(key, `must be ${expectationOf(type, schema)}${placesText(report.illTyped.filter(begins))}`);
      continue;
    }
    const unknown = report.ignored.filter(begins);
    if (unknown.length > 0) add(key, `holds what is not declared${placesText(unknown)}`);
    const encoded = encode(value, type, schema);
    if (!isStorable(encoded)) add(key, 'must not hold the character U+0000 or half of a surrogate pair');
    setField(attributes, spelling, encoded);
  }
  for (const key of Object.keys(json)) {
    if (errors.length > MAXIMUM_ERRORS) break;
    if (!used.has(key)) add(key, refusalOf(key, entity));
  }
  // Paths are cut when they are long; whatever was noticed is refused all the same.
  const noticed = [...report.illTyped, ...report.ignored];
  if (errors.length === 0 && noticed.length > 0)
    errors.push({ pointer: '/attributes', message: `does not fit${placesText(noticed)}` });
  return { attributes, errors };
}

/** What the API may write: neither what requests supply, nor what follows from other attributes, nor what the engine observes. */
function isWritten({ source, closure }: AttributeInfo): boolean {
  return source !== 'supplied' && source !== 'live' && closure === undefined;
}

/** What the engine's store keeps of a mapped entity. */
function isKept(attribute: AttributeInfo): boolean {
  return isWritten(attribute) && attribute.keptInStore;
}

/** Why an attribute may not be said. */
function refusalOf(key: string, entity: EntityInfo): string {
  const all = [...entity.attributes.values()];
  const attribute = all.find(({ spelling }) => spelling === key) ?? all.find(({ name }) => name === key);
  if (attribute === undefined) {
    const near = nearestName(key, entity.attributes.keys());
    return `${entity.name} has no such attribute${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (attribute.closure !== undefined) return 'follows from other attributes';
  if (attribute.source === 'supplied') return 'is supplied by requests';
  if (attribute.source === 'live') return 'is kept by the engine itself';
  return `is read from the table of ${entity.name}`;
}

/** Where in an attribute, of the first few places. */
function placesText(paths: readonly string[]): string {
  return paths.length === 0 ? '' : ` (see ${paths.slice(0, 3).join(', ')})`;
}

function pointerTo(key: string): string {
  const shown = key.length > 256 ? `${key.slice(0, 256)}…` : key;
  return `/attributes/${shown.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
