import type { ParameterType, WorldSource } from '../../src/dsl/builtins/builtin.ts';
import { findBuiltin } from '../../src/dsl/builtins/registry.ts';
import { decodeAttributes } from '../../src/dsl/types/decode-attributes.ts';
import { emptyReport } from '../../src/dsl/types/decode-report.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../src/dsl/types/schema.ts';
import { type Outcome, type RecordValue, UNKNOWN, type Value } from '../../src/dsl/types/values.ts';
import type { FactRecord, FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest, Circumstances, JsonObject } from '../../src/engine/decide/types.ts';
import { FLOATS, INTEGERS, STRINGS } from './generate-literals.ts';

/** A record of the store; one that is `unavailable` could not be loaded. */
export interface ScenarioRecord {
  readonly type: string;
  readonly id: string;
  readonly unavailable?: boolean;
  readonly attributes: JsonObject;
}
/** What asking the world yields. */
export type SourceState = 'value' | 'absent' | 'failed' | 'throws';
/** One question with everything that its answer hangs on, as plain JSON. */
export interface Scenario {
  readonly request: AccessRequest;
  readonly records: readonly ScenarioRecord[];
  readonly now: string;
  readonly risk?: { readonly low: number; readonly high: number };
  readonly modes: readonly string[];
  readonly overrides: readonly string[];
  readonly exhausted: readonly string[];
  readonly sources: Readonly<Record<string, SourceState>>;
}

/** Whether a record of the store, or of what is kept beside it, holds the attribute. */
export function isKept(entity: EntityInfo, attribute: AttributeInfo): boolean {
  if (attribute.closure !== undefined) return false;
  return entity.storage === 'supplied' ? attribute.source === 'live' : attribute.source !== 'supplied';
}

/** The facts of a scenario, decoded by the schema. */
export function factsOf(scenario: Scenario, schema: Schema): FactView {
  const records = new Map<string, FactRecord | undefined>();
  for (const { type, id, unavailable, attributes } of scenario.records) {
    const entity = schema.entities.get(type);
    if (entity === undefined) continue;
    const takes = (one: AttributeInfo): boolean => isKept(entity, one);
    const record = decodeAttributes(attributes, entity.attributes, schema, type, emptyReport(), { takes });
    records.set(`${type}:${id}`, unavailable === true ? undefined : { attributes: record });
  }
  return {
    record: (type, id) => {
      const key = `${type}:${id}`;
      return records.has(key) ? records.get(key) : null;
    },
  };
}

/** What goes on around the question of a scenario. */
export function circumstancesOf(scenario: Scenario): Circumstances {
  const { risk, modes, overrides, exhausted } = scenario;
  const sources: Record<string, WorldSource> = {};
  for (const [name, state] of Object.entries(scenario.sources)) sources[name] = sourceOf(name, state);
  return {
    live: {
      ...(risk === undefined ? {} : { risk }),
      modes: new Set(modes),
      overrides: new Set(overrides),
      exhausted: new Set(exhausted),
      losses: new Set(),
    },
    world: { now: Date.parse(scenario.now), sources },
  };
}

/** A source whose answers hang on the arguments alone. */
function sourceOf(name: string, state: SourceState): WorldSource {
  const builtin = findBuiltin(name);
  const returns = builtin?.returns.kind;
  return (args): Outcome => {
    if (state === 'absent') return undefined;
    if (state === 'failed') return UNKNOWN;
    if (state === 'throws') throw new Error('the source broke');
    const declared = args.map((one, index) => withinType(one, builtin?.parameters[index]?.type));
    const hash = Buffer.from(JSON.stringify(declared)).reduce((sum, byte) => (sum * 31 + byte) % 1009, 7);
    const values: Readonly<Record<string, readonly Value[]>> = {
      string: STRINGS,
      bool: [true, false],
      int: INTEGERS,
      float: FLOATS.map(Number),
    };
    const stock = values[returns ?? ''];
    return stock?.[hash % stock.length];
  };
}

/** Of a record only what the parameter asks for: a source knows nothing of what else the attribute holds. */
function withinType(value: Value, type: ParameterType | undefined): unknown {
  if (type?.kind !== 'record') return value;
  return [...type.attributes.keys()].map((name) => (value as RecordValue)[name]);
}
