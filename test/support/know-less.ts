import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import {
  emptyRecord,
  type Outcome,
  type RecordValue,
  setOf,
  UNKNOWN,
  ValueMap,
  ValueSet,
} from '../../src/dsl/types/values.ts';
import type { FactRecord, FactView } from '../../src/engine/decide/facts.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Question } from './decide-both.ts';
import type { Chance } from './generate-chance.ts';

/** The same question, of which one thing is known less. */
export type Change = (question: Question) => Question;

/** An optional attribute, and the question without it. */
export interface Absence {
  /** `entity.attribute`, `context.attribute`, `action.attribute`, `record.attribute`, or `exists entity` for a record. */
  readonly of: string;
  readonly without: () => Question;
}

const SOURCES = ['geo.country', 'geo.distance_km', 'geo.speed_kmh', 'media.token_valid', 'anomaly.score'];

/** Everything that could become unavailable to a question, whether there is a value now or none. */
export function hideable(engine: Engine, question: Question): readonly ((chance: Chance) => Change)[] {
  const { bundle } = engine;
  const { request } = question;
  const changes: ((chance: Chance) => Change)[] = [];
  for (const key of recordsRead(engine, question)) {
    changes.push(() => (asked) => withRecord(asked, key, () => undefined));
    for (const name of attributesOf(bundle, key)) {
      changes.push(
        (chance) => (asked) =>
          withRecord(
            asked,
            key,
            (record) => record && { attributes: conceal(chance, record.attributes, name) },
          ),
      );
    }
  }
  for (const key of request.supplied.keys()) {
    for (const name of attributesOf(bundle, key)) {
      changes.push(
        (chance) => (asked) => withSupplied(asked, key, (record) => conceal(chance, record, name)),
      );
    }
  }
  for (const name of request.triple?.contextAttributes.keys() ?? [])
    changes.push(
      (chance) => (asked) => withPart(asked, 'context', (record) => conceal(chance, record, name)),
    );
  for (const name of request.triple?.actionAttributes.keys() ?? [])
    changes.push(
      (chance) => (asked) => withPart(asked, 'actionAttributes', (record) => conceal(chance, record, name)),
    );
  for (const name of SOURCES) changes.push(() => (asked) => withFailing(asked, name));
  changes.push((chance) => (asked) => withVaguerRisk(chance, asked));
  return changes;
}

/** The records, by `type:id`, that deciding the question asks for. */
function recordsRead(engine: Engine, { request, facts, circumstances }: Question): ReadonlySet<string> {
  const keys = new Set<string>();
  const watching: FactView = {
    record: (type, id) => {
      keys.add(`${type}:${id}`);
      return facts.record(type, id);
    },
  };
  engine.decide(request, watching, circumstances);
  return keys;
}

function attributesOf({ entities }: CheckedBundle, key: string): string[] {
  const attributes = entities.get(key.slice(0, key.indexOf(':')))?.attributes.values() ?? [];
  return [...attributes].filter((one) => one.closure === undefined).map((one) => one.name);
}

function withRecord(
  question: Question,
  key: string,
  change: (record: FactRecord | null | undefined) => FactRecord | null | undefined,
): Question {
  const { facts } = question;
  const record: FactView['record'] = (type, id) => {
    const found = facts.record(type, id);
    return `${type}:${id}` === key ? change(found) : found;
  };
  return { ...question, facts: { record } };
}

function withSupplied(
  question: Question,
  key: string,
  change: (record: RecordValue) => RecordValue,
): Question {
  const { request } = question;
  const supplied = new Map(request.supplied);
  const record = supplied.get(key);
  if (record !== undefined) supplied.set(key, change(record));
  return { ...question, request: { ...request, supplied } };
}

function withPart(
  question: Question,
  part: 'context' | 'actionAttributes',
  change: (record: RecordValue) => RecordValue,
): Question {
  const { request } = question;
  return { ...question, request: { ...request, [part]: change(request[part]) } };
}

function withFailing(question: Question, name: string): Question {
  const { live, world } = question.circumstances;
  const sources = { ...world.sources, [name]: (): Outcome => UNKNOWN };
  return { ...question, circumstances: { live, world: { ...world, sources } } };
}

function withVaguerRisk(chance: Chance, question: Question): Question {
  const { live, world } = question.circumstances;
  if (live.risk === undefined) return question;
  const low = chance.integer(0, live.risk.low);
  const high = chance.integer(live.risk.high, 100);
  return { ...question, circumstances: { live: { ...live, risk: { low, high } }, world } };
}

/** The record with an attribute, or a part of it, unknown. */
function conceal(chance: Chance, record: RecordValue, name: string): RecordValue {
  return withValue(record, name, concealed(chance, record[name]));
}

function concealed(chance: Chance, outcome: Outcome): Outcome {
  if (outcome === undefined || typeof outcome !== 'object' || chance.percent(40)) return UNKNOWN;
  if (outcome instanceof ValueSet) {
    const items = [...outcome.items.values()];
    return setOf(chance.some(items, Math.max(0, items.length - 1)), true);
  }
  if (outcome instanceof ValueMap) return concealedMap(chance, outcome);
  if (Array.isArray(outcome)) {
    const items = outcome as readonly Outcome[];
    if (items.length === 0) return UNKNOWN;
    const index = chance.integer(0, items.length - 1);
    return items.with(index, concealed(chance, items[index])) as unknown as Outcome;
  }
  if (Object.getPrototypeOf(outcome) !== null) return UNKNOWN;
  const record = outcome as RecordValue;
  const names = Object.keys(record);
  return names.length === 0 ? UNKNOWN : conceal(chance, record, chance.pick(names));
}

function concealedMap(chance: Chance, map: ValueMap): Outcome {
  const keys = [...map.keys.keys()];
  if (keys.length === 0) return UNKNOWN;
  const key = chance.pick(keys);
  if (chance.percent(50)) return new ValueMap(map.keys, new Map(map.values).set(key, UNKNOWN), map.partial);
  const rest = <V>(of: ReadonlyMap<typeof key, V>): Map<typeof key, V> =>
    new Map([...of].filter(([one]) => one !== key));
  return new ValueMap(rest(map.keys), rest(map.values), true);
}

function withValue(record: RecordValue, name: string, outcome: Outcome): RecordValue {
  const copy = emptyRecord();
  for (const [one, value] of Object.entries(record)) if (one !== name) copy[one] = value;
  if (outcome !== undefined) copy[name] = outcome;
  return copy;
}

// -------------------------------------------------------------------------------------------------------- absence

/** Every optional attribute, wherever it stands, that has a value now, and every record that there is. */
export function removable(engine: Engine, question: Question): readonly Absence[] {
  const { bundle } = engine;
  const { request, facts } = question;
  const { triple } = request;
  const found: Absence[] = [];
  const records = new Set([...recordsRead(engine, question), ...request.supplied.keys()]);
  for (const key of records) {
    const [type, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
    const record = facts.record(type, id);
    const isNew = triple?.isNew === true && key === request.resource.key;
    if (record && !isNew)
      found.push({ of: `exists ${type}`, without: () => withRecord(question, key, () => null) });
    for (const attribute of bundle.entities.get(type)?.attributes.values() ?? []) {
      const { name, closure, optional, source } = attribute;
      if (closure !== undefined) continue;
      const stored = record?.attributes[name];
      const supplied = request.supplied.get(key)?.[name];
      const write = (outcome: Outcome, into: Question, whole: boolean): Question => {
        const change = (one: RecordValue): RecordValue =>
          whole || one[name] !== undefined ? withValue(one, name, outcome) : one;
        const there = withRecord(into, key, (one) => one && { attributes: change(one.attributes) });
        return withSupplied(there, key, change);
      };
      // Where it may come from either place, it is absent only when it is in neither.
      if ((optional || source === 'live') && (isKnown(stored) || isKnown(supplied)))
        found.push({ of: `${type}.${name}`, without: () => write(undefined, question, false) });
      const inner = supplied ?? stored;
      if (inner !== undefined && (supplied === undefined || stored === undefined))
        found.push(...partsOf(attribute.type, inner, (outcome) => write(outcome, question, false)));
    }
  }
  for (const [part, of, attributes] of [
    ['context', 'context', triple?.contextAttributes],
    ['actionAttributes', 'action', triple?.actionAttributes],
  ] as const) {
    for (const { name, optional, type } of attributes?.values() ?? []) {
      const outcome = request[part][name];
      const write = (value: Outcome): Question =>
        withPart(question, part, (record) => withValue(record, name, value));
      if (optional && isKnown(outcome)) found.push({ of: `${of}.${name}`, without: () => write(undefined) });
      found.push(...partsOf(type, outcome, write));
    }
  }
  return found;
}

function isKnown(outcome: Outcome): boolean {
  return outcome !== undefined && outcome !== UNKNOWN;
}

/** The optional attributes of records within a value. */
function* partsOf(type: Type, outcome: Outcome, rebuild: (outcome: Outcome) => Question): Generator<Absence> {
  if (!isKnown(outcome)) return;
  if (type.kind === 'list') {
    const items = outcome as unknown as readonly Outcome[];
    for (const [index, item] of items.entries())
      yield* partsOf(type.element, item, (one) => rebuild(items.with(index, one) as unknown as Outcome));
  }
  if (type.kind !== 'record') return;
  const record = outcome as RecordValue;
  for (const [name, attribute] of type.attributes) {
    const value = record[name];
    const write = (one: Outcome): Question => rebuild(withValue(record, name, one));
    if (attribute.optional && isKnown(value)) yield { of: `record.${name}`, without: () => write(undefined) };
    yield* partsOf(attribute.type, value, write);
  }
}
