import type { CheckedBundle, CheckedRule, Triple } from '../../check/bundle.ts';
import type { CheckedExpression } from '../../check/checked.ts';
import { pathOf, showPath } from '../../check/paths.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf, nodesOf, rulesOf } from '../support/bundle-rules.ts';

export const evadableForbid = defineLintRule('evadableForbid', {
  category: 'security',
  summary: 'A forbid does not apply to a caller that leaves out an optional value which it supplies.',
  rationale: `The forbid asks with \`has\` for an optional value that the caller supplies. A caller that leaves the value out is not forbidden
anything. What a request does not say must not excuse it: forbid what does not say it, too.`,
  avoid: `forbid bots: any on any
  when has context.agent and agent.is_bot(context.agent)
`,
  prefer: `forbid bots: any on any
  when not has context.agent or agent.is_bot(context.agent)
`,
  check: ({ bundle, report }) => {
    const forbids = rulesOf(bundle).filter((rule) => rule.effect === 'forbid');
    const catching = new Catching(forbids);
    for (const rule of forbids) {
      const reported = new Set<string>();
      for (const one of rule.cases) {
        for (const path of suppliedPaths(one.condition, bundle)) {
          const text = pathOf(path);
          if (text === undefined || reported.has(text) || outcomeWithout(one.condition, text) !== false)
            continue;
          if (one.triples.every((triple) => catching.forbidsOtherwise(text, triple, rule))) continue;
          reported.add(text);
          const related = [{ span: path.node.span, message: 'asked for here' }];
          report(nameSpanOf(rule), { path: showPath(path), rule: rule.name }, { related });
        }
      }
    }
  },
});

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

/** Which forbids that are always on catch requests that leave a value out; looked up once for each value. */
class Catching {
  readonly #forbids: readonly CheckedRule[];
  /** By path and triple; two rules are enough to have one that is another. */
  readonly #known = new Map<string, Map<Triple, CheckedRule[]>>();

  constructor(forbids: readonly CheckedRule[]) {
    this.#forbids = forbids.filter((rule) => rule.origin.kind === 'rule');
  }

  forbidsOtherwise(path: string, triple: Triple, rule: CheckedRule): boolean {
    let known = this.#known.get(path);
    if (known === undefined) {
      known = this.#find(path);
      this.#known.set(path, known);
    }
    return known.get(triple)?.some((other) => other !== rule) ?? false;
  }

  #find(path: string): Map<Triple, CheckedRule[]> {
    const found = new Map<Triple, CheckedRule[]>();
    for (const rule of this.#forbids) {
      for (const { condition, triples } of rule.cases) {
        if (outcomeWithout(condition, path) !== true) continue;
        for (const triple of triples) {
          const rules = found.get(triple) ?? [];
          found.set(triple, rules);
          if (rules.length < 2) rules.push(rule);
        }
      }
    }
    return found;
  }
}
