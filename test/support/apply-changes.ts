import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { decoderOf } from '../../src/dsl/types/decode.ts';
import { emptyReport } from '../../src/dsl/types/decode-report.ts';
import { encode } from '../../src/dsl/types/encode.ts';
import { canonicalId } from '../../src/dsl/types/entity-id.ts';
import { isObject } from '../../src/dsl/types/is-object.ts';
import type { AttributeInfo } from '../../src/dsl/types/schema.ts';
import { type AttributeType, BOOL, type Type } from '../../src/dsl/types/types.ts';
import { keyOf, type Outcome, UNKNOWN, ValueMap } from '../../src/dsl/types/values.ts';
import type { JsonObject } from '../../src/engine/decide/types.ts';
import type { Change, ChangeEdit, ChangePlace, EntityName } from '../../src/engine/explain/types.ts';
import { rewriteSupplied } from './rewrite-supplied.ts';
import type { Scenario, ScenarioRecord } from './scenario.ts';

type Place = Extract<ChangeEdit, { kind: 'value' }>['at'];
/** Makes of what stands at a place what is to stand there; `undefined` is nothing. */
type Rewrite = (before: unknown, type: Type, attribute: Partial<AttributeInfo>) => unknown;

/** The scenario in which these changes were made, one after the other: made of their public data, as a reader would. */
export function applyChanges(
  scenario: Scenario,
  changes: readonly Change[],
  bundle: CheckedBundle,
): Scenario {
  return changes.reduce((before, { edit }) => applyEdit(before, edit, bundle), scenario);
}

function applyEdit(scenario: Scenario, edit: ChangeEdit, bundle: CheckedBundle): Scenario {
  switch (edit.kind) {
    case 'value':
      return rewriteAt(scenario, edit.at, () => edit.to ?? undefined, bundle);
    case 'elements':
      return rewriteAt(
        scenario,
        edit.at,
        (before, type, attribute) => changeElements(before, edit, type, attribute, bundle),
        bundle,
      );
    case 'record': {
      const { type, id } = edit.entity;
      const made: ScenarioRecord = { type, id, attributes: edit.attributes };
      return { ...scenario, records: [...scenario.records, made] };
    }
    case 'time':
      return { ...scenario, now: edit.to };
    case 'mode':
      return { ...scenario, modes: scenario.modes.filter((one) => one !== edit.mode) };
    case 'override':
      return { ...scenario, overrides: [...scenario.overrides, edit.override] };
    case 'limit':
      return { ...scenario, exhausted: scenario.exhausted.filter((one) => one !== edit.limit) };
  }
}

function changeElements(
  before: unknown,
  { add, remove }: Extract<ChangeEdit, { kind: 'elements' }>,
  type: Type,
  { default: otherwise }: Partial<AttributeInfo>,
  bundle: CheckedBundle,
): unknown[] {
  if (type.kind !== 'set' && type.kind !== 'list') throw new Error(`a ${type.kind} has no elements`);
  const given = before ?? (otherwise === undefined ? [] : encode(otherwise, type, bundle));
  const keyIn = (json: unknown): unknown => {
    const value = decode(json, type.element, bundle);
    return value === undefined || value === UNKNOWN ? UNKNOWN : keyOf(value);
  };
  const gone = new Set(remove.map(keyIn));
  const kept = (Array.isArray(given) ? (given as unknown[]) : []).filter((one) => {
    if (remove.length === 0) return true;
    const key = keyIn(one);
    return key !== UNKNOWN && !gone.has(key);
  });
  return [...kept, ...add];
}

function decode(json: unknown, type: Type, bundle: CheckedBundle): Outcome {
  return decoderOf(type, bundle)(json, '', emptyReport());
}

function rewriteAt(scenario: Scenario, at: Place, rewrite: Rewrite, bundle: CheckedBundle): Scenario {
  const { request } = scenario;
  const triple = bundle.triples.find(
    (one) =>
      bundle.actions.get(one.action)?.spelling === request.action.name &&
      one.subject === request.subject.type &&
      one.resource === request.resource.type,
  );
  if (triple === undefined) throw new Error('changes are named for what is declared only');
  const inside = (given: JsonObject | null | undefined, attributes: ReadonlyMap<string, AttributeInfo>) =>
    rewriteIn(given ?? {}, attributes, at.path, rewrite, bundle);
  switch (at.part) {
    case 'context':
      return {
        ...scenario,
        request: { ...request, context: inside(request.context, triple.contextAttributes) },
      };
    case 'action': {
      const properties = inside(request.action.properties, triple.actionAttributes);
      return { ...scenario, request: { ...request, action: { ...request.action, properties } } };
    }
    case 'request': {
      const { attributes, name } = entityOf(at, bundle);
      const [spelling] = at.path as [string];
      const changed = rewriteSupplied(request, name, spelling, triple, bundle, (given) =>
        inside(given, attributes),
      );
      return { ...scenario, request: changed };
    }
    case 'facts': {
      const { attributes, name } = entityOf(at, bundle);
      const records = scenario.records.map((record) =>
        isOf(record, name, bundle)
          ? { ...record, attributes: inside(record.attributes, attributes) }
          : record,
      );
      return { ...scenario, records };
    }
  }
}

function entityOf({ entity: name }: ChangePlace, bundle: CheckedBundle) {
  const entity = name === null ? undefined : bundle.entities.get(name.type);
  if (name === null || entity === undefined) throw new Error('the place says nothing of whose it is');
  return { attributes: entity.attributes, name };
}

function isOf({ type, id }: EntityName, name: EntityName, bundle: CheckedBundle): boolean {
  return type === name.type && canonicalId(bundle.entities.get(type), id) === name.id;
}

/** The attribute is found by its spelling; one that goes by its name is replaced with it. */
function rewriteIn(
  given: JsonObject,
  attributes: ReadonlyMap<string, AttributeInfo>,
  [spelling, ...path]: readonly string[],
  rewrite: Rewrite,
  bundle: CheckedBundle,
): JsonObject {
  const attribute = [...attributes.values()].find((one) => one.spelling === spelling);
  if (attribute === undefined) throw new Error(`no attribute is spelt ${spelling}`);
  const { [attribute.name]: byName, [attribute.spelling]: bySpelling, ...others } = given;
  const isAlias =
    attribute.name !== attribute.spelling &&
    [...attributes.values()].every((one) => one.spelling !== attribute.name);
  const before = Object.hasOwn(given, attribute.spelling) ? bySpelling : isAlias ? byName : undefined;
  const rest = isAlias || attribute.name === attribute.spelling ? others : omit(given, attribute.spelling);
  return withValue(
    rest,
    attribute.spelling,
    rewriteValue(before, attribute.type, attribute, path, rewrite, bundle),
  );
}

function omit(given: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([one]) => one !== key));
}

function withValue(given: JsonObject, key: string, value: unknown): JsonObject {
  return value === undefined ? given : { ...given, [key]: value };
}

function rewriteValue(
  before: unknown,
  type: Type,
  attribute: Partial<AttributeInfo>,
  path: readonly string[],
  rewrite: Rewrite,
  bundle: CheckedBundle,
): unknown {
  const [step, ...further] = path;
  if (step === undefined) return rewrite(before, type, attribute);
  const given = isObject(before)
    ? before
    : before === undefined || before === null
      ? ((attribute.default === undefined ? {} : encode(attribute.default, type, bundle)) as JsonObject)
      : {};
  if (type.kind === 'record') {
    const inner = type.attributes.get(step) as AttributeType;
    const value = rewriteValue(given[step], inner.type, {}, further, rewrite, bundle);
    return withValue(omit(given, step), step, value);
  }
  if (type.kind !== 'map') throw new Error(`a ${type.kind} has no ${step}`);
  // Of several spellings of one key, all are meant.
  const isStep = (key: string): boolean => sameKey(key, step, type, bundle);
  const spellings = Object.keys(given).filter(isStep);
  const current = spellings.length === 1 ? given[spellings[0] as string] : undefined;
  const value = rewriteValue(current, type.value, {}, further, rewrite, bundle);
  return withValue(Object.fromEntries(Object.entries(given).filter(([key]) => !isStep(key))), step, value);
}

/** Whether two texts spell one key of a map. */
function sameKey(
  one: string,
  other: string,
  { key }: Extract<Type, { kind: 'map' }>,
  bundle: CheckedBundle,
): boolean {
  const read = (text: string): unknown => {
    const map = decode({ [text]: true }, { kind: 'map', key, value: BOOL }, bundle);
    return map instanceof ValueMap ? [...map.keys.keys()][0] : undefined;
  };
  const left = read(one);
  return left !== undefined && left === read(other);
}
