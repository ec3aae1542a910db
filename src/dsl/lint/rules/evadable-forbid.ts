import type { CheckedBundle, CheckedRule, RuleCase } from '../../check/bundle.ts';
import type { CheckedExpression } from '../../check/checked.ts';
import { pathOf, showPath } from '../../check/paths.ts';
import { nameSpanOf, nodesOf, rulesOf } from '../bundle-rules.ts';
import type { LintRule } from '../lint-rule.ts';

export const evadableForbid: LintRule = {
  name: 'evadableForbid',
  code: 'VEL4002',
  summary: 'A forbid does not apply to a caller that leaves out an optional value which it supplies.',
  check: (bundle, report) => {
    const forbids = rulesOf(bundle).filter((rule) => rule.effect === 'forbid');
    for (const rule of forbids) {
      const reported = new Set<string>();
      for (const one of rule.cases) {
        for (const path of suppliedPaths(one.condition, bundle)) {
          const text = pathOf(path);
          if (text === undefined || reported.has(text) || outcomeWithout(one.condition, text) !== false)
            continue;
          if (isForbiddenOtherwise(text, rule, one, forbids)) continue;
          reported.add(text);
          const related = [{ span: path.node.span, message: 'asked for here' }];
          report('evadableForbid', nameSpanOf(rule), { path: showPath(path), rule: rule.name }, related);
        }
      }
    }
  },
};

/** Optional values from the request that `has` asks for. */
function suppliedPaths(condition: CheckedExpression | undefined, bundle: CheckedBundle): CheckedExpression[] {
  const paths: CheckedExpression[] = [];
  if (condition === undefined) return paths;
  for (const node of nodesOf(condition)) {
    if (node.kind !== 'has') continue;
    for (let at: CheckedExpression | undefined = node.operand; at?.kind === 'attribute'; at = at.object) {
      if (at.optional && isSupplied(at, bundle)) paths.push(at);
    }
  }
  return paths;
}

function isSupplied(
  node: CheckedExpression & { readonly kind: 'attribute' },
  bundle: CheckedBundle,
): boolean {
  const { object } = node;
  if (object.type.kind === 'reference') {
    const sources = object.type.entities.map(
      (name) => bundle.entities.get(name)?.attributes.get(node.name)?.source,
    );
    return sources.every((source) => source === 'supplied');
  }
  if (object.kind === 'variable') return object.name === 'context' || object.name === 'action';
  return object.kind === 'attribute' && isSupplied(object, bundle);
}

/** What a condition is when nothing stands at `path`, whatever else is said; undefined when that is open. */
function outcomeWithout(condition: CheckedExpression | undefined, path: string): boolean | undefined {
  if (condition === undefined) return true;
  switch (condition.kind) {
    case 'constant':
      return typeof condition.value === 'boolean' ? condition.value : undefined;
    case 'has': {
      for (let at: CheckedExpression | undefined = condition.operand; at !== undefined; ) {
        if (pathOf(at) === path) return false;
        at =
          at.kind === 'attribute' || at.kind === 'index' || at.kind === 'identifier' ? at.object : undefined;
      }
      return undefined;
    }
    case 'not': {
      const operand = outcomeWithout(condition.operand, path);
      return operand === undefined ? undefined : !operand;
    }
    case 'and':
    case 'or': {
      const decisive = condition.kind === 'or';
      let all = true;
      for (const operand of condition.operands) {
        const outcome = outcomeWithout(operand, path);
        if (outcome === decisive) return decisive;
        if (outcome === undefined) all = false;
      }
      return all ? !decisive : undefined;
    }
    case 'implies': {
      const left = outcomeWithout(condition.left, path);
      const right = outcomeWithout(condition.right, path);
      if (left === false || right === true) return true;
      return left === true && right === false ? false : undefined;
    }
    default:
      return undefined;
  }
}

/** True when other forbids that are always on catch every request that leaves the value out. */
function isForbiddenOtherwise(
  path: string,
  rule: CheckedRule,
  one: RuleCase,
  forbids: readonly CheckedRule[],
): boolean {
  const catching = forbids.filter((other) => other !== rule && other.origin.kind === 'rule');
  return one.triples.every((triple) =>
    catching.some((other) =>
      other.cases.some((it) => it.triples.includes(triple) && outcomeWithout(it.condition, path) === true),
    ),
  );
}
