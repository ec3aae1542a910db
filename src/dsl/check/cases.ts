import type { Advice, Expression } from '../syntax/ast.ts';
import type { RuleCase, Triple } from './bundle.ts';
import type { CheckedExpression } from './checked.ts';
import { certainTruth } from './elaborate/elaborate-literals.ts';
import type { Operand } from './elaborate/elaborate-logic.ts';
import { partKey, type Shape } from './elaborate/elaboration.ts';
import type { Elaborator } from './elaborate/elaborator.ts';
import type { Root } from './elaborate/root-elaboration.ts';
import type { Findings } from './findings.ts';
import { checkGuards } from './guards.ts';
import { pathOf, showPath } from './paths.ts';

/** Triples to which expressions with the same parts mean the same. */
export interface Group {
  readonly shape: Shape;
  readonly triples: readonly Triple[];
}

/** What the unknown does where an expression stands: it decides whether reads must be guarded. */
export type Polarity = 'grant' | 'forbid' | 'signal' | 'limit' | 'assert';

const WHY_GUARDED: { readonly [P in Polarity]: string } = {
  grant: 'under `not`, left of `implies` and in the list of a quantifier it must be known to be there',
  forbid: 'in a forbid what is unknown forbids',
  signal: 'in a signal what is unknown counts as evidence',
  limit: 'a limit whose key or rate is unknown counts as exhausted',
  assert: 'an assert speaks of what is certain',
};

/** Elaborates conditions once for each group of triples that can differ. */
export class CaseBuilder {
  readonly elaborator: Elaborator;
  readonly findings: Findings;
  // Scopes that say the same share one list of triples, so most rules find their groups here.
  readonly #groups = new WeakMap<readonly Triple[], Map<number, readonly Group[]>>();

  constructor(elaborator: Elaborator) {
    this.elaborator = elaborator;
    this.findings = elaborator.findings;
  }

  groups(triples: readonly Triple[], parts: number): readonly Group[] {
    let byParts = this.#groups.get(triples);
    if (byParts === undefined) {
      byParts = new Map();
      this.#groups.set(triples, byParts);
    }
    let groups = byParts.get(parts);
    if (groups === undefined) {
      const byKey = new Map<string, { shape: Shape; triples: Triple[] }>();
      for (const triple of triples) {
        const shape = this.elaborator.shapeOf(triple);
        const key = partKey(shape, parts);
        const group = byKey.get(key);
        if (group === undefined) byKey.set(key, { shape, triples: [triple] });
        else group.triples.push(triple);
      }
      groups = [...byKey.values()];
      byParts.set(parts, groups);
    }
    return groups;
  }

  /** Conditions and advice for all triples. Cases with errors are left out: the bundle is then refused anyway. */
  cases(
    root: Root,
    triples: readonly Triple[],
    polarity: Polarity,
    operands: readonly Operand[],
    advice: Advice | undefined,
  ): RuleCase[] {
    let parts = 0;
    for (const { written } of operands) parts |= this.elaborator.partsOf(written);
    for (const { value } of advice?.arguments ?? []) parts |= this.elaborator.partsOf(value);
    const cases: RuleCase[] = [];
    for (const group of this.groups(triples, parts)) {
      const condition = this.condition(root, group.shape, polarity, operands);
      const args = this.advice(root, group.shape, advice);
      if (condition !== null && args !== undefined)
        cases.push({ triples: group.triples, condition, advice: args });
    }
    return cases;
  }

  /** The condition; undefined when there is none, null after a report. */
  condition(
    root: Root,
    shape: Shape,
    polarity: Polarity,
    operands: readonly (Operand | CheckedExpression)[],
  ): CheckedExpression | undefined | null {
    const [first] = operands;
    if (first === undefined) return undefined;
    const node: Expression = 'kind' in first ? first.node : first.written;
    const condition = this.elaborator.conjunction(root, shape, operands, node);
    if (condition === undefined) return null;
    this.guard(root, condition, polarity);
    return certainTruth(condition) === true ? undefined : condition;
  }

  /** Reports unguarded reads of what may be absent. */
  guard(root: Root, expression: CheckedExpression, polarity: Polarity): void {
    checkGuards(expression, polarity === 'grant', (read) => {
      const guard = polarity === 'limit' || pathOf(read) === undefined ? undefined : showPath(read);
      const { span } = read.node;
      const isInside =
        span.source === root.span.source && span.start >= root.span.start && span.end <= root.span.end;
      const related = isInside ? [] : [{ span: root.span, message: `used by ${root.name}` }];
      this.findings.report(
        'unguardedRead',
        span,
        { path: showPath(read), polarity: WHY_GUARDED[polarity], guard },
        related,
      );
    });
  }

  /** Arguments of an advice; undefined after a report. */
  advice(root: Root, shape: Shape, advice: Advice | undefined): RuleCase['advice'] | undefined {
    const args: { name: string; value: CheckedExpression }[] = [];
    const names = new Set<string>();
    let failed = false;
    for (const { name, value, span } of advice?.arguments ?? []) {
      if (names.has(name.text)) {
        this.findings.report('duplicateDeclaration', span, { what: 'argument', name: name.text });
      }
      names.add(name.text);
      const checked = this.elaborator.expression(root, shape, value);
      if (checked?.type.kind === 'risk') {
        this.findings.report('riskMisused', value.span, { use: 'so it cannot be given away' });
        failed = true;
      } else if (checked === undefined) failed = true;
      else args.push({ name: name.text, value: checked });
    }
    return failed ? undefined : args;
  }
}
