import type { CheckedBundle } from '../check/bundle.ts';
import type { Diagnostic, DiagnosticSpec } from '../diagnostics/diagnostic.ts';
import { LINT_DIAGNOSTICS } from '../diagnostics/lint.ts';
import type { LintCategory, LintLevel, LintRule } from './lint-rule.ts';
import type { MatchedRule } from './matched-rule.ts';
import { LINT_RULES } from './rules/index.ts';
import { Suppressions } from './suppressions.ts';

/** What `velro.json` says of a rule; what it leaves out is as the rule says. */
export interface RuleSetting {
  readonly level?: LintLevel;
  readonly options?: object;
}

export interface LintOptions {
  /** By name of the rule. */
  readonly settings?: ReadonlyMap<string, RuleSetting>;
  /** Only rules of these categories. */
  readonly categories?: ReadonlySet<LintCategory>;
  /** Only these rules, whatever their level; one that is off then warns. */
  readonly only?: ReadonlySet<string>;
  /** Files whose findings are left out. */
  readonly isIgnored?: (path: string) => boolean;
  /** What the bundle's tests matched. Without it, rules about tests do not run. */
  readonly matched?: readonly MatchedRule[] | undefined;
}

/** What the lint rules find in a bundle without errors, suppressed findings left out; not sorted. */
export function lintBundle(bundle: CheckedBundle, options: LintOptions = {}): Diagnostic[] {
  const names = LINT_RULES.map(({ name }) => name);
  const suppressions = new Suppressions(bundle.files, names);
  const rules = LINT_RULES.flatMap((rule) => {
    const level = levelOf(rule, options);
    return level === 'off' ? [] : [{ rule, level }];
  });
  const run = new Set(rules.map(({ rule }) => rule.name));
  const findings: Diagnostic[] = [];
  const runRule = (rule: LintRule, level: 'warning' | 'error', problems: Suppressions['problems']): void => {
    const subject = { bundle, matched: options.matched, suppressionProblems: problems };
    const given = { ...rule.options?.defaults, ...options.settings?.get(rule.name)?.options };
    const seen = new Set<string>();
    rule.run(subject, given, (span, args, { related = [], fix }) => {
      const { path } = span.source;
      const key = `${path}:${span.start}:${span.end}`;
      if (seen.has(key) || options.isIgnored?.(path) === true) return;
      seen.add(key);
      const entry = LINT_DIAGNOSTICS[rule.finding] as DiagnosticSpec<unknown>;
      const finding: Diagnostic = {
        code: entry.code,
        severity: level,
        name: rule.finding,
        message: entry.message(args),
        help: entry.help?.(args) || undefined,
        span,
        related,
        rule: rule.name,
        ...(fix === undefined ? {} : { fix }),
      };
      if (rule.finding === 'suppression' || !suppressions.covers(finding)) findings.push(finding);
    });
  };
  for (const { rule, level } of rules) {
    if (rule.finding !== 'suppression') runRule(rule, level, []);
  }
  // Which remarks are idle is known when everything else has been found.
  for (const { rule, level } of rules) {
    if (rule.finding !== 'suppression') continue;
    runRule(rule, level, [...suppressions.problems, ...suppressions.idle((name) => run.has(name))]);
  }
  return findings;
}

function levelOf(rule: LintRule, { settings, categories, only, matched }: LintOptions): LintLevel {
  if (rule.category === 'testing' && matched === undefined) return 'off';
  if (categories !== undefined && !categories.has(rule.category)) return 'off';
  const level = settings?.get(rule.name)?.level ?? rule.level;
  if (only === undefined) return level;
  if (!only.has(rule.name)) return 'off';
  return level === 'off' ? 'warning' : level;
}
