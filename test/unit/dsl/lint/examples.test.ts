import { expect } from 'chai';
import type { Diagnostic } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { applyFixes } from '../../../../src/dsl/lint/apply-fixes.ts';
import {
  EXAMPLE_LAYER,
  EXAMPLE_PATH,
  EXAMPLE_SCHEMA,
  exampleSources,
} from '../../../../src/dsl/lint/example.ts';
import { lintBundle } from '../../../../src/dsl/lint/lint-bundle.ts';
import type { LintRule } from '../../../../src/dsl/lint/lint-rule.ts';
import { LINT_RULES } from '../../../../src/dsl/lint/rules/index.ts';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { runTests } from '../../../../src/engine/testing/run-tests.ts';

/** What every rule finds in an example, the rule itself turned on; its tests must pass. */
function lintExample(rule: LintRule, sources: readonly SourceText[]): Diagnostic[] {
  const { bundle, diagnostics } = loadBundle(sources);
  if (bundle === undefined) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const report = runTests(bundle, { coverage: true });
  expect(report.failed, 'failed tests').to.equal(0);
  return lintBundle(bundle, {
    settings: new Map([[rule.name, { level: 'warning' }]]),
    matched: rule.category === 'testing' ? report.coverage : undefined,
    isIgnored: (path) => path !== EXAMPLE_PATH,
  });
}

const namesOf = (findings: readonly Diagnostic[]) => [...new Set(findings.map((one) => one.rule))];

describe('the examples of lint rules', () => {
  it('stand on a schema in canonical form', () => {
    const { file } = parseSource(new SourceText('schema.velro', EXAMPLE_SCHEMA));
    expect(formatFile(file)).to.equal(EXAMPLE_SCHEMA);
  });

  for (const rule of LINT_RULES) {
    describe(rule.name, () => {
      it('raise the finding, and no other, where they show what to avoid', () => {
        const findings = lintExample(rule, exampleSources(rule.avoid));
        expect(namesOf(findings), renderDiagnostics(findings, { color: false })).to.deep.equal([rule.name]);
      });

      it('raise nothing where they show what to prefer', () => {
        const findings = lintExample(rule, exampleSources(rule.prefer));
        expect(renderDiagnostics(findings, { color: false })).to.equal('');
      });

      it('are in canonical form', () => {
        for (const example of [rule.avoid, rule.prefer]) {
          const source = exampleSources(example).find(({ path }) => path === EXAMPLE_PATH)!;
          const formatted = formatFile(parseSource(source).file);
          expect(formatted).to.equal(source.text);
        }
      });

      if (rule.fixes) {
        it('become what to prefer by the fix', () => {
          const sources = exampleSources(rule.avoid);
          const { sources: fixed, applied } = applyFixes(sources, lintExample(rule, sources));
          expect(applied).to.have.length(1);
          const text = fixed.find(({ path }) => path === EXAMPLE_PATH)?.text;
          expect(text).to.equal(EXAMPLE_LAYER + rule.prefer);
        });
      } else {
        it('have no fix, as the rule says', () => {
          const findings = lintExample(rule, exampleSources(rule.avoid));
          expect(findings.filter(({ fix }) => fix !== undefined)).to.deep.equal([]);
        });
      }
    });
  }
});
