import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { CheckedExpectation, CheckedTest } from '../../dsl/check/tests.ts';
import { placeOf } from '../../dsl/source/source-text.ts';
import type { Verdict } from '../decide/types.ts';
import { createEngine, type Engine } from '../engine.ts';
import { CoverageCounter, type RuleCoverage } from './coverage.ts';
import { questionOf } from './test-circumstances.ts';

export interface ExpectationResult {
  /** Such as `deny delete by permission`. */
  readonly expectation: string;
  /** `file:line:column`. */
  readonly place: string;
  readonly passed: boolean;
  /** What happened instead, in one sentence; undefined when it passed. */
  readonly failure: string | undefined;
}

export interface TestResult {
  readonly title: string;
  readonly place: string;
  readonly passed: boolean;
  readonly expectations: readonly ExpectationResult[];
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
  /** Undefined unless asked for. */
  readonly coverage: readonly RuleCoverage[] | undefined;
}

export interface TestOptions {
  /** Runs only the tests whose title holds this text. */
  readonly filter?: string | undefined;
  readonly coverage?: boolean | undefined;
}

/** Runs the tests of a bundle against its engine; the same bundle gives the same report. */
export function runTests(
  bundle: CheckedBundle,
  options: TestOptions = {},
  engine: Engine = createEngine(bundle),
): TestReport {
  const counter = options.coverage === true ? new CoverageCounter(bundle) : undefined;
  const { filter } = options;
  const tests = bundle.tests
    .filter((test) => filter === undefined || test.title.includes(filter))
    .map((test) => runTest(engine, test, counter));
  const passed = tests.filter((test) => test.passed).length;
  return { tests, passed, failed: tests.length - passed, coverage: counter?.result() };
}

function runTest(engine: Engine, test: CheckedTest, counter: CoverageCounter | undefined): TestResult {
  const expectations = test.expectations.map((expectation) => {
    const { request, facts, circumstances } = questionOf(engine.bundle, test, expectation);
    const verdict = engine.decide(request, facts, circumstances);
    counter?.count(engine.explain(request, facts, circumstances, { changes: false }));
    const failure = failureOf(expectation, verdict);
    return {
      expectation: showExpectation(expectation),
      place: placeOf(expectation.declaration.span),
      passed: failure === undefined,
      failure,
    };
  });
  return {
    title: test.title,
    place: placeOf(test.declaration.span),
    passed: expectations.every((one) => one.passed),
    expectations,
  };
}

function failureOf({ verdict: expected, by }: CheckedExpectation, verdict: Verdict): string | undefined {
  const asExpected =
    verdict.permitted === (expected === 'permit') && (by === undefined || isCause(by, verdict));
  return asExpected ? undefined : `was ${showVerdict(verdict)}`;
}

function isCause(by: NonNullable<CheckedExpectation['by']>, verdict: Verdict): boolean {
  switch (by.kind) {
    case 'claim':
      return verdict.code === 'claim_missing' && verdict.claim === by.claim;
    case 'layer':
      return verdict.cause?.layer === by.layer && (by.rule === undefined || verdict.cause.rule === by.rule);
    case 'code':
      return verdict.code === by.code;
  }
}

function showExpectation({ verdict, action, by }: CheckedExpectation): string {
  const cause = by === undefined ? '' : ` by ${showBy(by)}`;
  return `${verdict} ${action}${cause}`;
}

function showBy(by: NonNullable<CheckedExpectation['by']>): string {
  switch (by.kind) {
    case 'claim':
      return by.claim;
    case 'layer':
      return by.rule === undefined ? by.layer : `${by.layer}.${by.rule}`;
    case 'code':
      return by.code;
  }
}

function showVerdict(verdict: Verdict): string {
  if (verdict.permitted) {
    const grants = verdict.grants.map(({ claim, by }) => `${claim} by ${by.layer}.${by.rule}`);
    return `permitted (${grants.join(', ')})`;
  }
  const cause =
    verdict.cause !== undefined
      ? `by ${verdict.cause.layer}.${verdict.cause.rule}`
      : verdict.claim !== undefined
        ? `because nothing established ${verdict.claim}`
        : `as ${verdict.code}`;
  const missing = verdict.missing.length === 0 ? '' : `; missing: ${verdict.missing.join(', ')}`;
  return `denied ${cause} (${verdict.reason}${missing})`;
}
