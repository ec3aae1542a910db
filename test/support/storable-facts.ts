import { decoderOf } from '../../src/dsl/types/decode.ts';
import { emptyReport } from '../../src/dsl/types/decode-report.ts';
import { encode } from '../../src/dsl/types/encode.ts';
import { parseId } from '../../src/dsl/types/entity-id.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../src/dsl/types/schema.ts';
import {
  IpAddress,
  IpNetwork,
  type Outcome,
  Reference,
  UNKNOWN,
  ValueMap,
  ValueSet,
} from '../../src/dsl/types/values.ts';
import { isInStore } from '../../src/server/facts/sql/site.ts';
import type { FactTables } from './fact-tables.ts';
import type { Scenario, ScenarioRecord } from './scenario.ts';

/**
 * The scenario with records that tables can hold: a column has values of its type alone, rows of another table are an
 * empty set or map where there are none, and no database forgets a record for a moment.
 */
export function storable(scenario: Scenario, schema: Schema, tables: FactTables): Scenario {
  const records = scenario.records.flatMap((record): ScenarioRecord[] => {
    const entity = schema.entities.get(record.type);
    if (entity === undefined || entity.storage === 'supplied') return [];
    if (parseId(entity, record.id) !== record.id) return [];
    return [{ type: record.type, id: record.id, attributes: attributesOf(record, entity, schema, tables) }];
  });
  return { ...scenario, records };
}

function attributesOf(
  { attributes }: ScenarioRecord,
  entity: EntityInfo,
  schema: Schema,
  tables: FactTables,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const attribute of entity.attributes.values()) {
    if (!isInStore(entity, attribute)) continue;
    const isTyped = tables.isTyped(entity, attribute);
    const said = Object.hasOwn(attributes, attribute.spelling)
      ? attributes[attribute.spelling]
      : attributes[attribute.name];
    const value = isTyped ? typed(said, attribute, schema) : asJson(said);
    if (attribute.declaration?.origin?.kind === 'joinOrigin')
      kept[attribute.spelling] = attribute.type.kind === 'set' ? sorted(value ?? []) : sorted(value ?? {});
    else if (value !== undefined && value !== null) kept[attribute.spelling] = value;
  }
  return kept;
}

/** A set or map in the order in which rows of another table are read. */
export function sorted(value: object): object {
  return Array.isArray(value)
    ? value.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    : Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON that a database takes: no NUL and no half of a character. */
function asJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined || /\\u(?:0000|d[89a-f])/i.test(text) ? undefined : value;
}

/** The value as it is spelt by its type; absent where it does not fit. */
function typed(json: unknown, { type }: AttributeInfo, schema: Schema): unknown {
  const outcome = decoderOf(type, schema)(json, undefined, emptyReport());
  return outcome === undefined || !isWhole(outcome, schema)
    ? undefined
    : asJson(encode(outcome, type, schema));
}

function isWhole(outcome: Outcome, schema: Schema): boolean {
  if (outcome === UNKNOWN) return false;
  if (typeof outcome !== 'object') return true;
  if (outcome instanceof IpAddress || outcome instanceof IpNetwork) return true;
  if (outcome instanceof Reference) {
    const entity = schema.entities.get(outcome.type);
    return entity !== undefined && parseId(entity, outcome.id) === outcome.id;
  }
  if (outcome instanceof ValueSet)
    return !outcome.partial && [...outcome.items.values()].every((one) => isWhole(one, schema));
  if (outcome instanceof ValueMap)
    return (
      !outcome.partial &&
      [...outcome.values.values(), ...outcome.keys.values()].every((one) => isWhole(one, schema))
    );
  return Object.values(outcome).every((one) => isWhole(one, schema));
}
