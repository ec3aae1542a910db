import type { CheckedRule, Triple } from '../../check/bundle.ts';
import type { RelatedPlace } from '../../diagnostics/diagnostic.ts';
import { defineLintRule } from '../lint-rule.ts';
import { type Contradiction, Contradictions } from '../logic/contradiction.ts';
import { Formulas } from '../logic/formula.ts';
import { isNever, nameSpanOf, rulesOf, triplesOf } from '../support/bundle-rules.ts';
import { CheckedStructure } from '../support/structure.ts';

export const unreachableRule = defineLintRule('unreachableRule', {
  category: 'bugs',
  summary: 'A rule never applies, or what it permits is always forbidden.',
  rationale: `The rule never applies. Its condition is false for every type that it covers; or it contradicts itself, as \`x == a and x == b\`
does; or an unconditional forbid covers all that it permits. Its author surely meant something, and the policy does not say it.

Only what is plain to see is found: opposite conditions, and what comparisons with constants leave of a value.`,
  avoid: `permit finished: read on document
  when resource.status == draft and resource.status == published
`,
  prefer: `permit finished: read on document
  when resource.status == published
`,
  check: ({ bundle, report }) => {
    const rules = rulesOf(bundle);
    const formulas = new Formulas(new CheckedStructure());
    const contradictions = new Contradictions(formulas, bundle);
    /** Of the last case, when each of them has one. */
    const contradictionIn = (rule: CheckedRule): Contradiction | undefined => {
      let found: Contradiction | undefined;
      for (const { condition } of rule.cases) {
        if (isNever(condition)) continue;
        found = contradictions.in(formulas.of(condition));
        if (found === undefined) return undefined;
      }
      return found;
    };
    const alwaysForbidden = new Map<Triple, string>();
    for (const rule of rules) {
      if (rule.effect !== 'forbid' || rule.origin.kind !== 'rule') continue;
      for (const { condition, triples } of rule.cases) {
        if (condition === undefined)
          for (const triple of triples) alwaysForbidden.set(triple, `${rule.layer.name}.${rule.name}`);
      }
    }
    for (const rule of rules) {
      const span = nameSpanOf(rule);
      if (rule.cases.every(({ condition }) => isNever(condition))) {
        report(span, { rule: rule.name, reason: 'its condition is false for all types that it covers' });
        continue;
      }
      const contradiction = contradictionIn(rule);
      if (contradiction !== undefined) {
        const reason =
          rule.effect === 'permit'
            ? 'its condition contradicts itself'
            : 'its condition contradicts itself, and forbids only what is unknown';
        report(span, { rule: rule.name, reason }, { related: placesOf(contradiction) });
        continue;
      }
      if (rule.effect !== 'permit' || alwaysForbidden.size === 0) continue;
      const causes = new Set(triplesOf(rule.cases).map((triple) => alwaysForbidden.get(triple)));
      const [cause] = causes;
      if (causes.has(undefined) || cause === undefined) continue;
      report(span, { rule: rule.name, reason: `\`${cause}\` forbids all that it covers` });
    }
  },
});

function placesOf({ first, second }: Contradiction): RelatedPlace[] {
  const places = [{ span: second.node.span, message: 'this …' }];
  const { span } = first.node;
  const isSame = span.source === second.node.span.source && span.start === second.node.span.start;
  return isSame ? [] : [...places, { span, message: '… is never true together with this' }];
}
