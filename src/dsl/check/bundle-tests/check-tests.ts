import type { TestDeclaration, TestEntity, TestNow } from '../../syntax/ast.ts';
import { testId, testNumber } from '../../testing/test-id.ts';
import { parseId } from '../../types/entity-id.ts';
import { parseTime } from '../../types/parse-time.ts';
import type { AttributeInfo, EntityInfo } from '../../types/schema.ts';
import { emptyRecord, type RecordValue, Reference, UNKNOWN } from '../../types/values.ts';
import type { Triple } from '../bundle.ts';
import type { Findings } from '../findings.ts';
import { type BareReference, ValueReader } from '../read-value.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';
import { type Symbols, VARIABLES } from '../symbols.ts';
import type { CheckedTest, TestRecord } from '../tests.ts';
import { checkExpectations } from './check-expectations.ts';
import { addState, checkCall, missingPath } from './check-givens.ts';
import { type ComposedTest, composeTest, recordKey } from './compose-fixtures.ts';
import { reportRepeated } from './repeated-items.ts';
import type { TestWorld } from './test-world.ts';

/** The instant of a test that does not name one: 2026-01-01T00:00:00Z. */
const DEFAULT_NOW = 1_767_225_600_000;

/** Resolves tests: fixtures composed, names resolved to ids, literals to values. */
export function checkTests(symbols: Symbols, world: TestWorld, findings: Findings): CheckedTest[] {
  const tests: CheckedTest[] = [];
  for (const { items } of [...symbols.fixtures.values(), ...symbols.tests.values()])
    reportRepeated(items, findings);
  for (const declaration of symbols.tests.values()) {
    const test = checkTest(declaration, symbols, world, findings);
    if (test !== undefined) tests.push(test);
  }
  checkUnusedFixtures(symbols, world, findings);
  return tests;
}

/** A fixture that no test uses is checked by itself, so that a mistake is found when it is made. */
function checkUnusedFixtures(symbols: Symbols, world: TestWorld, findings: Findings): void {
  const used = new Set<string>();
  for (const test of symbols.tests.values()) for (const name of test.fixtures) used.add(name.text);
  for (const [name, { span, items, documentation }] of symbols.fixtures) {
    if (used.has(name)) continue;
    const title = { kind: 'stringLiteral' as const, span, value: name, raw: false };
    checkItems({ kind: 'test', span, documentation, title, fixtures: [], items }, symbols, world, findings);
  }
}

function checkTest(
  declaration: TestDeclaration,
  symbols: Symbols,
  world: TestWorld,
  findings: Findings,
): CheckedTest | undefined {
  const { composed, test } = checkItems(declaration, symbols, world, findings);
  // What an unknown fixture would have said is not asked for again.
  const isComplete = declaration.fixtures.every((name) => symbols.fixtures.has(name.text));
  if (isComplete) requireParts(declaration, composed, findings);
  return test;
}

/** What a test says, as far as it says it; `test` is undefined without a subject or a resource. */
function checkItems(
  declaration: TestDeclaration,
  symbols: Symbols,
  world: TestWorld,
  findings: Findings,
): { readonly composed: ComposedTest; readonly test: CheckedTest | undefined } {
  const composed = composeTest(declaration, symbols.fixtures, findings);
  const references = new Map<string, Reference>();
  const named = new Map<string, string[]>();
  for (const record of composed.records) {
    const reference = referenceOf(record, world.schema, findings);
    if (reference === undefined) continue;
    references.set(recordKey(record), reference);
    if (record.id.kind === 'name')
      named.set(record.id.text, [...(named.get(record.id.text) ?? []), record.type.text]);
  }
  const bare: BareReference = (name, entities) => {
    const declared = named.get(name)?.filter((type) => entities.includes(type)) ?? [];
    if (declared.length === 0 && (name === 'null' || VARIABLES.has(name))) return 'taken';
    const [only] = entities.length === 1 ? entities : declared;
    if (only === undefined || (entities.length > 1 && declared.length !== 1)) return undefined;
    const info = world.schema.entities.get(only);
    return info && new Reference(only, bareId(info, name));
  };
  const reader = new ValueReader(world.schema, findings, bare);
  const records: TestRecord[] = [];
  for (const record of composed.records) {
    const reference = references.get(recordKey(record));
    const info = world.schema.entities.get(record.type.text);
    if (reference === undefined || info === undefined) continue;
    records.push({
      reference,
      attributes: readAttributes(record.attributes, info.attributes, info.name, reader, findings),
    });
  }
  const subject = composed.subject && references.get(recordKey(composed.subject));
  const resource = composed.resource && references.get(recordKey(composed.resource));
  const expectations =
    subject === undefined || resource === undefined
      ? []
      : checkExpectations(composed.expectations, subject.type, resource.type, world, findings);
  const pair = world.actions.triples.filter(
    (one) =>
      (subject === undefined || one.subject === subject.type) &&
      (resource === undefined || one.resource === resource.type),
  );
  const asked = new Set(expectations.map(({ action }) => action));
  const triples = pair.filter((one) => asked.has(one.action));
  const context = new Map(world.actions.contextAttributes);
  const action = new Map<string, AttributeInfo>();
  for (const triple of [...triples, ...pair]) addMissing(triple, context, action);
  const contextRecord = readAttributes(
    composed.context,
    context,
    'context',
    reader,
    findings,
    relevantOnly(triples, 'context', world),
  );
  const actionRecord = readAttributes(
    composed.action,
    action,
    'action',
    reader,
    findings,
    relevantOnly(triples, 'action', world),
  );
  const states = {
    modes: [] as string[],
    overrides: [] as string[],
    limits: [] as string[],
    losses: [] as string[],
  };
  for (const state of composed.states) addState(state, states, world, findings);
  const now = instantOf(composed.nows, findings);
  const risk = riskOf(composed, findings);
  const calls = composed.calls.flatMap((call) => checkCall(call, reader, findings) ?? []);
  if (subject === undefined || resource === undefined) return { composed, test: undefined };
  const roots = { subject: subject.type, resource: resource.type, context, action };
  const missing: (readonly string[])[] = [];
  for (const one of composed.missing) {
    const path = missingPath(one, roots, world.schema, findings);
    if (path !== undefined) missing.push(path);
  }
  const test: CheckedTest = {
    title: declaration.title.value,
    declaration,
    subject,
    resource,
    records,
    actionAttributes: actionRecord,
    context: contextRecord,
    now,
    risk,
    modes: states.modes,
    overrides: states.overrides,
    exhaustedLimits: states.limits,
    losses: states.losses,
    calls,
    missing,
    expectations,
  };
  return { composed, test };
}

function requireParts(declaration: TestDeclaration, composed: ComposedTest, findings: Findings): void {
  const require = (part: unknown, missing: string, help: string): void => {
    if (part === undefined) findings.report('incompleteTest', declaration.title.span, { missing, help });
  };
  require(composed.subject, 'who asks', 'add `subject TYPE NAME { … }`');
  require(composed.resource, 'what is asked for', 'add `resource TYPE NAME { … }`');
  require(composed
    .expectations[0], 'what it expects', 'add `expect permit ACTION` or `expect deny ACTION by CAUSE`');
}

/** The id that a bare name stands for. */
function bareId(info: EntityInfo, name: string): string {
  return info.keyType === 'int' ? testNumber(name) : testId(name);
}

function referenceOf(record: TestEntity, schema: ResolvedSchema, findings: Findings): Reference | undefined {
  const type = record.type.text;
  const info = schema.entities.get(type);
  if (info === undefined) {
    const suggestion = findings.nearest(type, schema.entities.keys());
    findings.report('unknownType', record.type.span, { name: type, suggestion });
    return undefined;
  }
  if (record.id.kind === 'name') return new Reference(type, bareId(info, record.id.text));
  // An id as it is: a test may well say what happens to one that is not well formed.
  return new Reference(type, parseId(info, record.id.value) ?? record.id.value);
}

/** Values of declared attributes: defaults filled in, what is required and left out is unknown. */
function readAttributes(
  written: TestEntity['attributes'],
  attributes: ReadonlyMap<string, AttributeInfo>,
  of: string,
  reader: ValueReader,
  findings: Findings,
  isRelevant: (name: string) => boolean = () => true,
): RecordValue {
  const derived = new Set<string>();
  for (const [name, info] of attributes) if (info.closure !== undefined) derived.add(name);
  if (written?.kind === 'recordLiteral') {
    for (const { key } of written.entries) {
      if (key.kind !== 'name' || !derived.has(key.text)) continue;
      const reason = `\`${key.text}\` follows from other attributes and cannot be given`;
      findings.report('invalidGiven', key.span, { reason, help: 'give the attributes that it is made of' });
    }
  }
  const record = written === undefined ? emptyRecord() : { ...reader.readRecord(written, attributes, of) };
  const complete = emptyRecord();
  for (const [name, value] of Object.entries(record)) if (!derived.has(name)) complete[name] = value;
  for (const [name, info] of attributes) {
    if (Object.hasOwn(complete, name) || info.closure !== undefined || !isRelevant(name)) continue;
    if (info.default !== undefined) complete[name] = info.default;
    else if (!info.optional) complete[name] = UNKNOWN;
  }
  return complete;
}

function addMissing(
  triple: Triple,
  context: Map<string, AttributeInfo>,
  action: Map<string, AttributeInfo>,
): void {
  for (const [name, info] of triple.contextAttributes) if (!context.has(name)) context.set(name, info);
  for (const [name, info] of triple.actionAttributes) if (!action.has(name)) action.set(name, info);
}

/** Only what an asked action has can be missing. */
function relevantOnly(
  triples: readonly Triple[],
  of: 'context' | 'action',
  world: TestWorld,
): (name: string) => boolean {
  return (name) =>
    (of === 'context' && world.actions.contextAttributes.has(name)) ||
    triples.some((triple) =>
      (of === 'context' ? triple.contextAttributes : triple.actionAttributes).has(name),
    );
}

function instantOf(nows: readonly TestNow[], findings: Findings): number {
  let now = DEFAULT_NOW;
  for (const { at, offset, direction } of nows) {
    if (offset !== undefined) now += direction * offset.milliseconds;
    else if (at !== undefined) {
      const time = parseTime(at.value);
      if (time !== undefined) now = time;
      else
        findings.report('badLiteral', at.span, {
          type: 'time',
          reason: 'a time such as 2026-01-05T10:00:00Z was expected',
        });
    }
  }
  return now;
}

function riskOf({ risk }: ComposedTest, findings: Findings): { low: number; high: number } | undefined {
  if (risk === undefined) return undefined;
  const { low, high, span } = risk;
  if (low > high || low < 0 || high > 100) {
    findings.report('invalidGiven', span, { reason: 'a risk lies within 0 to 100, its lower end first' });
  }
  return { low, high };
}
