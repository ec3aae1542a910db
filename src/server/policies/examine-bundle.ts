import { layerContents } from '../../dsl/changes/layer-contents.ts';
import type { Diagnostic } from '../../dsl/diagnostics/diagnostic.ts';
import { loadBundle } from '../../dsl/load-bundle.ts';
import type { SourceFile } from '../../dsl/syntax/ast.ts';
import { runTests, type TestReport } from '../../engine/testing/run-tests.ts';
import { type BundleFiles, sourcesOf } from '../bundles/canonical-files.ts';
import type { LayerVersion, PolicyChanges, PolicyFinding } from '../http/schemas/policy-schema.ts';
import { changesOf, parseFiles } from './changes-between.ts';

export interface ExaminationOrder {
  readonly files: BundleFiles;
  /** What was published last: layers that changed since must have another version. */
  readonly newest?: BundleFiles | undefined;
  /** What answers: the changes are told from there. */
  readonly active?: BundleFiles | undefined;
}

/** What is known of a bundle once it was checked, tested and compared; plain data. */
export type Examination =
  | {
      readonly ok: true;
      readonly layers: readonly LayerVersion[];
      readonly tests: number;
      /** Layers that say something else than before under the version that they had. */
      readonly unchanged: readonly LayerVersion[];
      readonly changes: PolicyChanges;
    }
  | {
      readonly ok: false;
      readonly code: 'policy_findings' | 'policy_tests_failed';
      readonly findings: readonly PolicyFinding[];
    };

/** So many findings are told one by one. */
const MOST_FINDINGS = 100;

/** Checks a bundle, runs its tests, and compares it with others. It may take as long as its tests do. */
export function examineBundle({ files, newest, active }: ExaminationOrder): Examination {
  const { bundle, diagnostics } = loadBundle(sourcesOf(files));
  if (bundle === undefined)
    return {
      ok: false,
      code: 'policy_findings',
      findings: diagnostics.map(findingOf).slice(0, MOST_FINDINGS),
    };
  const report = runTests(bundle);
  if (report.failed > 0) {
    return { ok: false, code: 'policy_tests_failed', findings: failuresIn(report).slice(0, MOST_FINDINGS) };
  }
  return {
    ok: true,
    layers: bundle.layers.map(({ number, name, version }) => ({ number, name, version })),
    tests: report.tests.length,
    unchanged: newest === undefined ? [] : changedUnderOneVersion(parseFiles(newest), bundle.files),
    changes: changesOf(active === undefined ? [] : parseFiles(active), bundle.files),
  };
}

function changedUnderOneVersion(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
): readonly LayerVersion[] {
  const old = layerContents(before);
  return [...layerContents(after).values()]
    .filter(({ name, version, content }) => {
      const known = old.get(name);
      return known !== undefined && known.version === version && known.content !== content;
    })
    .map(({ number, name, version }) => ({ number, name, version }));
}

function findingOf({ code, severity, span, message, help }: Diagnostic): PolicyFinding {
  const { line, column } = span.source.positionAt(span.start);
  return {
    code,
    severity,
    path: span.source.path,
    line,
    column,
    message,
    ...(help === undefined ? {} : { help }),
  };
}

function failuresIn(report: TestReport): readonly PolicyFinding[] {
  return report.tests.flatMap(({ title, expectations }) =>
    expectations.flatMap(({ expectation, place, failure }) => {
      if (failure === undefined) return [];
      const [, path = place, line = '1', column = '1'] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
      return {
        code: 'test_failed',
        severity: 'error' as const,
        path,
        line: Number(line),
        column: Number(column),
        message: `the test "${title}" expected ${expectation}, ${failure}`,
      };
    }),
  );
}
