import type {
  FixtureDeclaration,
  GivenBuiltin,
  GivenRisk,
  GivenState,
  RecordEntry,
  RecordLiteral,
  SetLiteral,
  TestDeclaration,
  TestEntity,
  TestExpectation,
  TestItem,
  TestMissing,
  TestNow,
} from '../../syntax/ast.ts';
import type { Findings } from '../findings.ts';

/** A test with its fixtures written out: what comes later wins, records merge by name, context merges deeply. */
export interface ComposedTest {
  readonly subject: TestEntity | undefined;
  readonly resource: TestEntity | undefined;
  /** Each with all its attributes, by type and name. */
  readonly records: readonly TestEntity[];
  readonly context: RecordLiteral | SetLiteral | undefined;
  readonly action: RecordLiteral | SetLiteral | undefined;
  /** In their order, as `now + D` is relative to what stands before it. */
  readonly nows: readonly TestNow[];
  readonly missing: readonly TestMissing[];
  readonly risk: GivenRisk | undefined;
  readonly states: readonly GivenState[];
  readonly calls: readonly GivenBuiltin[];
  readonly expectations: readonly TestExpectation[];
}

export function composeTest(
  test: TestDeclaration,
  fixtures: ReadonlyMap<string, FixtureDeclaration>,
  findings: Findings,
): ComposedTest {
  const items: TestItem[] = [];
  for (const name of test.fixtures) {
    const fixture = fixtures.get(name.text);
    if (fixture !== undefined) items.push(...fixture.items);
    else {
      const suggestion = findings.nearest(name.text, fixtures.keys());
      findings.report('unknownDeclaration', name.span, { what: 'fixture', name: name.text, suggestion });
    }
  }
  items.push(...test.items);
  const records = new Map<string, TestEntity>();
  const composed = {
    subject: undefined as TestEntity | undefined,
    resource: undefined as TestEntity | undefined,
    context: undefined as RecordLiteral | SetLiteral | undefined,
    action: undefined as RecordLiteral | SetLiteral | undefined,
    nows: [] as TestNow[],
    missing: [] as TestMissing[],
    risk: undefined as GivenRisk | undefined,
    states: [] as GivenState[],
    calls: [] as GivenBuiltin[],
    expectations: [] as TestExpectation[],
  };
  for (const item of items) {
    switch (item.kind) {
      case 'testEntity': {
        const key = recordKey(item);
        const known = records.get(key);
        records.set(
          key,
          known === undefined
            ? item
            : { ...item, attributes: merge(known.attributes, item.attributes, false) },
        );
        if (item.role !== 'entity') composed[item.role] = item;
        break;
      }
      case 'testCircumstance':
        composed[item.of] = merge(composed[item.of], item.attributes, item.of === 'context');
        break;
      case 'testNow':
        composed.nows.push(item);
        break;
      case 'testMissing':
        composed.missing.push(item);
        break;
      case 'givenRisk':
        composed.risk = item;
        break;
      case 'givenState':
        composed.states.push(item);
        break;
      case 'givenBuiltin':
        composed.calls.push(item);
        break;
      case 'testExpectation':
        composed.expectations.push(item);
        break;
    }
  }
  return { ...composed, records: [...records.values()] };
}

/** What a record is known by within a test. */
export function recordKey({ type, id }: TestEntity): string {
  return id.kind === 'name' ? `${type.text} ${id.text}` : `${type.text} "${id.value}"`;
}

type Written = RecordLiteral | SetLiteral | undefined;

function merge(first: Written, second: Written, deep: boolean): Written {
  if (first === undefined || first.kind === 'setLiteral') return second ?? first;
  if (second === undefined || (second.kind === 'setLiteral' && second.items.length === 0)) return first;
  if (second.kind === 'setLiteral') return second;
  const own = new Set<string>();
  for (const entry of second.entries) own.add(keyText(entry));
  const inherited = new Map<string, RecordEntry>();
  for (const entry of first.entries) inherited.set(keyText(entry), entry);
  const entries: RecordEntry[] = first.entries.filter((entry) => !own.has(keyText(entry)));
  for (const entry of second.entries) {
    const before = inherited.get(keyText(entry));
    const both = deep && before?.value.kind === 'recordLiteral' && entry.value.kind === 'recordLiteral';
    const value = both ? merge(before.value, entry.value, true) : undefined;
    entries.push(value === undefined ? entry : { ...entry, value });
  }
  return { ...second, entries };
}

function keyText({ key }: RecordEntry): string {
  return key.kind === 'name' ? key.text : String(key.value);
}
