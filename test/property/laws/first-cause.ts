import { expect } from 'chai';
import type { CheckedBundle } from '../../../src/dsl/check/bundle.ts';
import type { Declaration, Grant, LayerDeclaration } from '../../../src/dsl/syntax/ast.ts';
import type { Truth } from '../../../src/engine/reference/operators.ts';
import type { Asked } from '../../support/generated-case.ts';
import type { Law } from '../../support/law-pass.ts';

/**
 * Of all that forbids, the cause named stands first by layer and text, whatever engine or interpreter looks for it: here
 * everything that forbids is listed from the text, and the least is taken. So with claims, and with who established them.
 */
export const firstCause: Law = {
  name: 'the cause that a denial names is the first in order, and so is who establishes a claim',
  aboutRequests: true,
  premises: { 'one cause': 1, 'several causes': 0.5, 'open claims': 1, 'several that establish': 0.5 },
  check({ asked, both }, tally) {
    const { bundle } = both;
    const list = listRules(bundle);
    for (const one of asked) {
      const { verdict, question } = one;
      tally.request(verdict.permitted);
      if (/^(unknown_|resource_exists)/.test(verdict.code)) continue;
      const outcomes = both.interpretedOutcomes(question);
      const forbidding = list.filter((rule) => forbids(rule, outcomes, one)).toSorted(byPlace);
      const [first] = forbidding;
      if (first !== undefined) {
        tally.note(forbidding.length > 1 ? 'several causes' : 'one cause');
        expect(verdict.cause && `${verdict.cause.layer}.${verdict.cause.rule}`).to.equal(first.name);
        expect(verdict.claim).to.equal(undefined);
        continue;
      }
      expect(verdict.cause).to.equal(undefined);
      const establishers = bundle.claims.map((claim) =>
        list.filter((rule) => establishes(rule, claim, outcomes, one)).toSorted(byEstablishing),
      );
      if (establishers.some((rules) => rules.length > 1)) tally.note('several that establish');
      const open = establishers.findIndex((rules) => rules.length === 0);
      if (open >= 0) {
        tally.note('open claims');
        expect(verdict.claim).to.equal(bundle.claims[open]);
      } else if (verdict.permitted) {
        const by = verdict.grants.map(({ by: { layer, rule } }) => `${layer}.${rule}`);
        expect(by).to.deep.equal(establishers.map(([rule]) => rule?.name));
      }
    }
  },
};

/** What may forbid or establish, as its text says. */
interface Listed {
  readonly kind: 'permit' | 'forbid' | 'limit' | 'override';
  /** `layer.rule`. */
  readonly name: string;
  readonly outcome: string;
  readonly layer: number;
  readonly at: number;
  readonly mode: string | undefined;
  readonly override: string | undefined;
  readonly claims: readonly string[];
}

function listRules({ files }: CheckedBundle): readonly Listed[] {
  return files.flatMap(({ declarations }) => {
    // Each layer has a file of its own.
    const layer = declarations.find((one) => one.kind === 'layer');
    return layer === undefined ? [] : declarations.flatMap((one) => listedIn(layer, one));
  });
}

function listedIn(layer: LayerDeclaration, one: Declaration): readonly Listed[] {
  const listed = (
    kind: Listed['kind'],
    rule: string,
    { span }: Declaration | Grant,
    more: Partial<Pick<Listed, 'mode' | 'override' | 'claims' | 'outcome'>> = {},
  ): Listed => {
    const name = `${layer.name.text}.${rule}`;
    const claims = layer.grants === undefined ? [] : [layer.grants.text];
    const place = { layer: layer.number, at: span.start };
    return { kind, name, outcome: name, ...place, mode: undefined, override: undefined, claims, ...more };
  };
  switch (one.kind) {
    case 'rule':
      return [listed(one.effect, one.name.text, one)];
    case 'mode':
      return one.rules.map((rule) => listed(rule.effect, rule.name.text, rule, { mode: one.name.text }));
    case 'limit':
      return [listed('limit', one.name.text, one)];
    case 'role':
      return one.grants.map((grant, index) =>
        listed('permit', `role:${one.name.text}${index === 0 ? '' : `#${index + 1}`}`, grant),
      );
    case 'override': {
      const { text } = one.name;
      const claims = one.waives.map((claim) => claim.text);
      return [listed('override', text, one, { outcome: `override ${text}`, override: text, claims })];
    }
    default:
      return [];
  }
}

type Outcomes = ReadonlyMap<string, Truth>;

function forbids(rule: Listed, outcomes: Outcomes, { scenario }: Asked): boolean {
  if (rule.kind !== 'forbid' && rule.kind !== 'limit') return false;
  if (rule.mode !== undefined && !scenario.modes.includes(rule.mode)) return false;
  const outcome = outcomes.get(rule.outcome);
  return outcome !== undefined && outcome !== false;
}

function establishes(rule: Listed, claim: string, outcomes: Outcomes, { scenario }: Asked): boolean {
  if (rule.kind !== 'permit' && rule.kind !== 'override') return false;
  if (rule.override !== undefined && !scenario.overrides.includes(rule.override)) return false;
  return rule.claims.includes(claim) && outcomes.get(rule.outcome) === true;
}

function byPlace(a: Listed, b: Listed): number {
  return a.layer - b.layer || a.at - b.at;
}

/** Permits before overrides. */
function byEstablishing(a: Listed, b: Listed): number {
  return Number(a.kind === 'override') - Number(b.kind === 'override') || byPlace(a, b);
}
