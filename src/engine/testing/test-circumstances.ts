import type { World, WorldSource } from '../../dsl/builtins/builtin.ts';
import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { CheckedExpectation, CheckedTest, GivenCall } from '../../dsl/check/tests.ts';
import {
  emptyRecord,
  IpAddress,
  IpNetwork,
  type Outcome,
  type RecordValue,
  Reference,
  UNKNOWN,
  type Value,
  ValueMap,
  ValueSet,
} from '../../dsl/types/values.ts';
import type { FactView } from '../decide/facts.ts';
import type { Circumstances, PreparedRequest } from '../decide/types.ts';

/** What the engine is asked for one expectation of a test. */
export interface TestQuestion {
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
}

/**
 * The question that an expectation asks. Attributes that the schema takes from requests are supplied by it, all others
 * are facts; the resource of a `new` action is no fact, unless the expectation is that it exists.
 */
export function questionOf(
  bundle: CheckedBundle,
  test: CheckedTest,
  expectation: CheckedExpectation,
): TestQuestion {
  const { subject, resource } = test;
  const triple = bundle.triplesByKey.get(`${expectation.action}|${subject.type}|${resource.type}`);
  const stored = new Map<string, RecordValue>();
  const supplied = new Map<string, RecordValue>();
  for (const record of test.records) {
    const isNew = record.reference.key === resource.key && isCreated(triple, expectation);
    const parts = split(bundle, record.reference.type, record.attributes, isNew);
    if (parts.stored !== undefined) stored.set(record.reference.key, parts.stored);
    if (parts.supplied !== undefined) supplied.set(record.reference.key, parts.supplied);
  }
  let { context, actionAttributes } = test;
  const unavailable = new Set<string>();
  for (const path of test.missing) {
    const [root, ...rest] = path;
    if (root === 'context') context = withhold(context, rest);
    else if (root === 'action') actionAttributes = withhold(actionAttributes, rest);
    else withholdFact(root === 'subject' ? subject : resource, rest, { stored, supplied, unavailable });
  }
  return {
    request: {
      triple,
      action: expectation.action,
      subject,
      resource,
      actionAttributes,
      context,
      supplied,
      ignored: [],
      illTyped: [],
    },
    facts: {
      record: (type, id) => {
        const key = `${type}:${id}`;
        if (unavailable.has(key)) return undefined;
        const attributes = stored.get(key);
        return attributes === undefined ? null : { attributes };
      },
    },
    circumstances: { live: liveOf(bundle, test), world: worldOf(test) },
  };
}

function isCreated(triple: Triple | undefined, expectation: CheckedExpectation): boolean {
  return (
    triple?.isNew === true && !(expectation.by?.kind === 'code' && expectation.by.code === 'resource_exists')
  );
}

/** The attributes of a record by where a request would have them from. */
function split(
  bundle: CheckedBundle,
  type: string,
  attributes: RecordValue,
  isNew: boolean,
): { readonly stored: RecordValue | undefined; readonly supplied: RecordValue | undefined } {
  const entity = bundle.entities.get(type);
  if (entity === undefined || entity.storage === 'supplied' || isNew)
    return { stored: undefined, supplied: attributes };
  const stored = emptyRecord();
  const supplied = emptyRecord();
  for (const name of Object.keys(attributes)) {
    const into = entity.attributes.get(name)?.source === 'supplied' ? supplied : stored;
    into[name] = attributes[name];
  }
  return { stored, supplied };
}

/** The record with UNKNOWN at the end of the path. */
function withhold(record: RecordValue, path: readonly string[]): RecordValue {
  const [name, ...rest] = path;
  const copy = emptyRecord();
  Object.assign(copy, record);
  if (name === undefined) return copy;
  const inner = copy[name];
  copy[name] = rest.length > 0 && isRecord(inner) ? withhold(inner, rest) : UNKNOWN;
  return copy;
}

/** Makes a fact unknown; a path that ends at a reference makes the whole record unavailable. */
function withholdFact(
  from: Reference,
  path: readonly string[],
  into: {
    readonly stored: Map<string, RecordValue>;
    readonly supplied: Map<string, RecordValue>;
    readonly unavailable: Set<string>;
  },
): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    into.unavailable.add(from.key);
    return;
  }
  const next = into.stored.get(from.key)?.[name] ?? into.supplied.get(from.key)?.[name];
  if (rest.length > 0 && next instanceof Reference) {
    withholdFact(next, rest, into);
    return;
  }
  for (const records of [into.stored, into.supplied]) {
    const record = records.get(from.key);
    if (record !== undefined) records.set(from.key, withhold(record, path));
  }
}

function liveOf(bundle: CheckedBundle, test: CheckedTest): Circumstances['live'] {
  const modes = new Set(test.modes);
  for (const loss of test.losses) {
    const mode = bundle.losses.get(loss);
    if (mode !== undefined) modes.add(mode);
  }
  return {
    risk: test.risk,
    modes,
    overrides: new Set(test.overrides),
    exhausted: new Set(test.exhaustedLimits),
    losses: new Set(test.losses),
  };
}

/** A world in which the calls that the test gives have their outcomes, and all others are absent. */
function worldOf(test: CheckedTest): World {
  const byName = new Map<string, GivenCall[]>();
  for (const call of test.calls) {
    const calls = byName.get(call.builtin.name) ?? [];
    calls.push(call);
    byName.set(call.builtin.name, calls);
  }
  const sources: Record<string, WorldSource> = {};
  for (const [name, calls] of byName) {
    const outcomes = new Map<string, Outcome>(calls.map((call) => [spell(call.arguments), call.outcome]));
    sources[name] = (args) => outcomes.get(spell(args));
  }
  return { now: test.now, sources };
}

/** A text that is the same for the same values only. */
function spell(value: Outcome | readonly Value[]): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'symbol') return 'unknown';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Reference) return `@${JSON.stringify(value.key)}`;
  if (value instanceof IpAddress || value instanceof IpNetwork) return `#${value.text}`;
  if (value instanceof ValueSet) return `{${[...value.items.values()].map(spell).toSorted().join()}}`;
  if (value instanceof ValueMap) {
    return `{${[...value.values]
      .map(([key, one]) => `${JSON.stringify(key)}:${spell(one)}`)
      .toSorted()
      .join()}}`;
  }
  if (isRecord(value)) {
    const names = Object.keys(value).toSorted();
    return `{${names.map((name) => `${JSON.stringify(name)}:${spell(value[name])}`).join()}}`;
  }
  return `[${value.map((one) => spell(one)).join()}]`;
}

function isRecord(value: Outcome | readonly Value[]): value is RecordValue {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Reference) &&
    !(value instanceof IpAddress) &&
    !(value instanceof IpNetwork) &&
    !(value instanceof ValueSet) &&
    !(value instanceof ValueMap)
  );
}
