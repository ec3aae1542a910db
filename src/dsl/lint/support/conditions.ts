import type { CheckedBundle } from '../../check/bundle.ts';
import type { CheckedExpression } from '../../check/checked.ts';
import { checkedChildren } from '../../check/checked-children.ts';
import type { Expression, Node, SourceFile } from '../../syntax/ast.ts';

/** Every checked expression of a bundle that a decision or an assert can evaluate, each shared node once. */
export function nodesOfBundle(bundle: CheckedBundle): ReadonlySet<CheckedExpression> {
  const nodes = new Set<CheckedExpression>();
  const add = (one: CheckedExpression | undefined): void => {
    if (one !== undefined) nodes.add(one);
  };
  const caseHolders = [
    ...bundle.layers.flatMap((layer) => layer.rules),
    ...bundle.overrides.values(),
    ...bundle.signals.values(),
    ...bundle.asserts,
  ];
  const limits = bundle.layers.flatMap((layer) => layer.limits);
  for (const { cases } of [...caseHolders, ...limits.map((limit) => ({ cases: limit.advice }))]) {
    for (const { condition, advice } of cases) {
      add(condition);
      for (const { value } of advice) add(value);
    }
  }
  for (const { cases } of limits) {
    for (const { keys, selector } of cases) {
      for (const key of keys) add(key);
      add(selector);
    }
  }
  for (const node of nodes) for (const child of checkedChildren(node)) nodes.add(child);
  return nodes;
}

/** A condition as it is written, and what it belongs to. */
export interface WrittenCondition {
  readonly owner: Node;
  readonly condition: Expression;
}

/** The conditions of rules, grants, roles, overrides, signals and asserts of a file; those of `let`s only if asked for. */
export function writtenConditions(file: SourceFile, withLets = false): WrittenCondition[] {
  const found: WrittenCondition[] = [];
  const add = (owner: Node, condition: Expression | undefined): void => {
    if (condition !== undefined) found.push({ owner, condition });
  };
  for (const declaration of file.declarations) {
    switch (declaration.kind) {
      case 'rule':
        add(declaration, declaration.when);
        add(declaration, declaration.unless);
        break;
      case 'mode':
        for (const rule of declaration.rules) {
          add(rule, rule.when);
          add(rule, rule.unless);
        }
        break;
      case 'role':
        add(declaration, declaration.condition);
        for (const grant of declaration.grants) add(grant, grant.condition);
        break;
      case 'override':
      case 'signal':
      case 'assert':
        add(declaration, declaration.condition);
        break;
      case 'let':
        if (withLets) add(declaration, declaration.value);
        break;
      default:
        break;
    }
  }
  return found;
}
