import type { ResolvedActions } from './actions.ts';
import { CaseBuilder } from './cases.ts';
import { Elaborator } from './elaborate/elaborator.ts';
import { namesIn } from './expression-children.ts';
import { Findings } from './findings.ts';

/**
 * Checks `let`s that nothing uses, so that a mistake is found when it is made: one must have a meaning for some
 * declared triple. Otherwise what is wrong for the first triple is reported.
 */
export function checkUnusedLets(used: Elaborator, actions: ResolvedActions): void {
  const findings = new Findings();
  const alone = new Elaborator(used.symbols, used.schema, used.actions, used.lets, findings);
  const builder = new CaseBuilder(used);
  const failed = new Set<string>();
  // A `let` comes after those that it uses, so each is expanded once.
  for (const [name, info] of used.lets) {
    const { declaration } = info;
    if (info.isRecursive || used.expansions.has(info) || info.parameterTypes.includes(undefined)) continue;
    if ([...namesIn(declaration.value)].some((one) => failed.has(one))) {
      failed.add(name);
      continue;
    }
    const root = { span: declaration.span, name: `\`${name}\`` };
    let problems: Findings['all'] | undefined;
    let hasMeaning = false;
    for (const { shape } of builder.groups(actions.triples, info.parts)) {
      const before = findings.all.length;
      if (alone.body(root, shape, info) !== undefined) hasMeaning = true;
      else problems ??= findings.all.slice(before);
    }
    if (hasMeaning) continue;
    failed.add(name);
    for (const problem of problems ?? []) used.findings.all.push(problem);
  }
  alone.reportNeverPresent(used.findings);
}
