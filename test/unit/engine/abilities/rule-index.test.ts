import { Ability } from '@casl/ability';
import { expect } from 'chai';
import type { CheckedBundle, CheckedRule } from '../../../../src/dsl/check/bundle.ts';
import { sharedAbilityOf, subjectTypeOf } from '../../../../src/engine/abilities/ability-set.ts';
import { lowerRule } from '../../../../src/engine/abilities/lower-rule.ts';
import type { LoweredRule } from '../../../../src/engine/abilities/lowered-rule.ts';
import { indexRules } from '../../../../src/engine/abilities/rule-index.ts';
import { Compiler } from '../../../../src/engine/compile/compiler.ts';
import { DecisionInput } from '../../../../src/engine/compile/decision-input.ts';
import { createEngine } from '../../../../src/engine/engine.ts';
import { type Asking, bundleOf, decide, questionOf, short } from '../support/ask.ts';

const SCHEMA = `
enum kind { image, video, audio }
entity user from table users { name: string, team: string?, roles: set<role> = {}, tags: set<string> = {}, labels: list<string> = [] }
entity doc from table docs { owner: user, kind: kind, path: string?, open: bool, size: int }
action read on doc by user
require access
let large = resource.size > 4 and resource.open
`;

const NAMES = Array.from({ length: 40 }, (_, index) => `n${index}`);
const KINDS = ['image', 'video', 'audio'] as const;

/** Conditions of every shape that an index looks at, and some that it does not. */
function conditions(): string[] {
  const all: string[] = [];
  NAMES.forEach((name, index) => {
    const kind = KINDS[index % 3];
    all.push(
      `subject.name == "${name}" and resource.size > ${index}`,
      `resource.kind == ${kind} and subject == user("${name}")`,
      `(subject.name == "${name}" or subject.name == "${NAMES[(index + 7) % 40]}") and resource.open`,
      `subject.tags contains "${name}" and resource.kind in {${kind}, audio}`,
      `subject.tags contains any {"${name}", "x"} and not resource.open`,
      `resource.owner == user("${name}") and subject.tags contains all {"${name}"}`,
      `"${name}" in subject.labels and resource.size > ${index}`,
      `subject.id == "${name}" or resource.size == ${index + 1000}`,
      // What rules share is asked before them.
      `subject.name == "${name}" and large and resource.kind == ${kind}`,
    );
  });
  return all;
}

function bundle(effect: 'permit' | 'forbid'): CheckedBundle {
  const rules = conditions().map(
    (condition, index) => `${effect} rule_${index}: read on doc when ${condition}`,
  );
  const optional = NAMES.map((name, index) =>
    effect === 'permit'
      ? `permit path_${index}: read on doc when resource.path == "${name}" and subject.team == "${name}"`
      : `forbid path_${index}: read on doc when has resource.path and resource.path == "${name}"`,
  );
  const layer = effect === 'permit' ? 'layer 1 main version 1 grants access' : 'layer 2 guard version 1';
  const other =
    effect === 'permit'
      ? ''
      : 'layer 1 main version 1 grants access\npermit anybody: read on doc when true\n';
  const files = [SCHEMA, `${layer}\n${[...rules, ...optional].join('\n')}\n`];
  return bundleOf(...files, ...(other === '' ? [] : [other]));
}

function lowered(of: CheckedBundle, compiler: Compiler): LoweredRule[] {
  const rules: readonly CheckedRule[] = of.layers.flatMap((layer) =>
    layer.rules.filter((rule) => rule.name !== 'anybody'),
  );
  return rules.flatMap((rule) => rule.cases.map((one) => lowerRule(rule, one, of, compiler)));
}

/** Worlds in which values match, do not match, are absent, unknown or known in part. */
function worlds(): Asking[] {
  const all: Asking[] = [];
  for (let index = 0; index < 60; index += 1) {
    const name = NAMES[(index * 7) % 40] as string;
    const pick = <T>(...options: readonly T[]): T =>
      options[(index * 31 + options.length * 7 + (index >> 2)) % options.length] as T;
    const ann = {
      name: pick<unknown>(name, 'nobody', 7, null),
      team: pick<unknown>(name, null, 7),
      tags: pick<unknown>([name], [], [name, 7], [7], 7),
      labels: pick<unknown>([name], [], [7], 'x'),
    };
    const doc = {
      owner: pick<unknown>(name, 'ann', null),
      kind: pick<unknown>('image', 'video', 'film', null),
      path: pick<unknown>(name, null, 7),
      open: pick<unknown>(true, false, null),
      size: pick<unknown>(0, 5, 1003, null),
    };
    all.push({
      subject: pick(`user:${name}`, 'user:ann'),
      facts: { [`user:${name}`]: ann, 'user:ann': ann, 'doc:d': doc },
    });
  }
  return all;
}

function inputFor(engine: ReturnType<typeof createEngine>, asking: Asking): DecisionInput {
  const { request, facts, circumstances } = questionOf(engine, asking);
  const triple = engine.bundle.triples[0] as NonNullable<(typeof engine.bundle.triples)[0]>;
  return new DecisionInput(request, facts, circumstances, subjectTypeOf(triple), false, () => ({
    low: 0,
    high: 0,
  }));
}

/** How many rules the abilities hold that are asked while `run` runs. */
function countingRules<T>(run: () => T): { readonly result: T; readonly asked: number } {
  // oxlint-disable-next-line typescript/unbound-method -- it is bound again where it is called
  const original = Ability.prototype.relevantRuleFor;
  let asked = 0;
  Ability.prototype.relevantRuleFor = function counted(...args) {
    asked += this.rules.length;
    return original.apply(this, args);
  };
  try {
    return { result: run(), asked };
  } finally {
    Ability.prototype.relevantRuleFor = original;
  }
}

describe('the index over literals', () => {
  for (const effect of ['permit', 'forbid'] as const) {
    it(`finds the ${effect} that asking all of them in turn finds`, () => {
      const checked = bundle(effect);
      const compiler = new Compiler(checked);
      const engine = createEngine(checked);
      const rules = lowered(checked, compiler);
      const ability = sharedAbilityOf(rules.map((rule) => ({ rule, applies: rule.applies })));
      const index = indexRules(rules, compiler);
      expect(index.depth).to.be.above(0);
      let found = 0;
      for (const asking of worlds()) {
        const expected = ability.find('read', inputFor(engine, asking));
        const actual = index.find('read', inputFor(engine, asking));
        expect(actual?.name.rule, JSON.stringify(asking)).to.equal(expected?.name.rule);
        if (actual !== undefined) found += 1;
      }
      expect(found, 'worlds in which a rule applies').to.be.above(5);
    });

    it(`asks few conditions to find that no ${effect} applies`, () => {
      const checked = bundle(effect);
      const compiler = new Compiler(checked);
      const engine = createEngine(checked);
      const rules = lowered(checked, compiler);
      const nobody = { name: 'nobody', team: 'none', tags: ['none'], labels: ['none'] };
      const doc = { owner: 'nobody', kind: 'image', path: 'none', open: true, size: 0 };
      const input = inputFor(engine, {
        subject: 'user:nobody',
        facts: { 'user:nobody': nobody, 'doc:d': doc },
      });
      const index = indexRules(rules, compiler);
      const { result, asked } = countingRules(() => index.find('read', input));
      expect(result).to.equal(undefined);
      // Those without a literal that all of their alternatives name, and a leaf's worth here and there.
      expect(rules.length).to.equal(400);
      expect(asked).to.be.within(1, 100);
    });

    it(`leaves no ${effect} that may hold out of its candidates`, () => {
      const checked = bundle(effect);
      const compiler = new Compiler(checked);
      const engine = createEngine(checked);
      const rules = lowered(checked, compiler);
      const index = indexRules(rules, compiler);
      let shown = 0;
      for (const asking of worlds()) {
        const input = inputFor(engine, asking);
        const candidates = new Set(index.candidates(input));
        const visited: LoweredRule[] = [];
        index.visit(input, (rule) => visited.push(rule) > 0);
        expect(visited.toSorted((x, y) => x.order - y.order)).to.deep.equal(
          rules.filter((rule) => rule.mayHold(input)),
        );
        shown += visited.length;
        let seen = 0;
        index.visit(input, () => {
          seen += 1;
          return seen < 2;
        });
        expect(seen, 'stops when it is told to').to.equal(Math.min(2, visited.length));
        for (const rule of rules) {
          const { condition } = rule;
          const may = condition !== undefined && compiler.possibly(condition)(input);
          if (may && !candidates.has(rule)) expect.fail(`${rule.name.rule} is left out`);
        }
      }
      expect(shown, 'rules that may hold').to.be.above(50);
    });
  }

  it('is what an engine with many rules uses', () => {
    const checked = bundle('permit');
    const engine = createEngine(checked);
    const asking: Asking = {
      subject: 'user:n3',
      facts: { 'user:n3': { name: 'n3' }, 'doc:d': { owner: 'n3', kind: 'image', open: true, size: 50 } },
    };
    const { result, asked } = countingRules(() => short(decide(engine, asking)));
    expect(result).to.equal('permit');
    expect(asked, 'rules of the abilities asked').to.be.within(1, 119);
  });
});
