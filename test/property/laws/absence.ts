import { expect } from 'chai';
import type { CheckedBundle, RuleCase, Triple } from '../../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../../src/dsl/check/checked.ts';
import { checkedChildren } from '../../../src/dsl/check/checked-children.ts';
import { removable } from '../../support/know-less.ts';
import type { Law } from '../../support/law-pass.ts';

const TRIES = 6;

/**
 * Where an optional attribute becomes absent, or a record comes to be missing, and a denial becomes a permit, there a
 * condition that bears on the question asks for just that: by a `has` or an `exists` whose path leads over the
 * attribute, by an `exists` of such a record, or by a closure, which asks of what it follows whether there is more.
 */
export const absence: Law = {
  name: 'an optional fact that becomes absent turns a denial into a permit only where it is asked for',
  aboutRequests: true,
  premises: { denials: 5, 'made absent': 10, 'became permits': 0.02 },
  check(one, tally) {
    const chance = one.chance();
    const { engine } = one.both;
    const askedFor = new Map<Triple, ReadonlySet<string>>();
    for (const { question, verdict } of one.asked) {
      tally.request(verdict.permitted);
      const { triple } = question.request;
      if (verdict.permitted || triple === undefined) continue;
      tally.note('denials');
      for (const { of, without } of chance.some(removable(engine, question), TRIES)) {
        const { request, facts, circumstances } = without();
        tally.note('made absent');
        if (!engine.decide(request, facts, circumstances).permitted) continue;
        tally.note('became permits');
        let asked = askedFor.get(triple);
        if (asked === undefined) askedFor.set(triple, (asked = askedForBy(one.bundle, triple)));
        expect([...asked], `${of} became absent`).to.include(of);
      }
    }
  },
};

/** What the conditions that bear on a question ask the presence of, named as `Absence.of`. */
function askedForBy(bundle: CheckedBundle, triple: Triple): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<CheckedExpression>();
  const held: RuleCase[] = [
    ...bundle.layers.flatMap((layer) => layer.rules.flatMap((rule) => rule.cases)),
    ...[...bundle.overrides.values(), ...bundle.signals.values()].flatMap((one) => one.cases),
  ];
  const waiting = held.flatMap((one) =>
    one.triples.includes(triple) && one.condition !== undefined ? [one.condition] : [],
  );
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    waiting.push(...checkedChildren(one));
    if (one.kind === 'has' || one.kind === 'exists') for (const step of stepsOf(one.operand)) found.add(step);
    if (one.kind === 'exists' && one.operand.type.kind === 'reference')
      for (const entity of one.operand.type.entities) found.add(`exists ${entity}`);
    if (one.kind === 'attribute') for (const step of followedBy(one, bundle)) found.add(step);
  }
  return found;
}

/** The attributes that a path leads over, keys left out: an absent key is unknown, and nobody asked for it. */
function* stepsOf(path: CheckedExpression): Generator<string> {
  for (let at = path; ; at = at.object) {
    if (at.kind === 'attribute') {
      const { object, name } = at;
      if (object.type.kind === 'reference') for (const one of object.type.entities) yield `${one}.${name}`;
      else yield object.kind === 'variable' ? `${object.name}.${name}` : `record.${name}`;
    } else if (at.kind !== 'index' && at.kind !== 'identifier') return;
  }
}

function* followedBy(
  one: CheckedExpression & { kind: 'attribute' },
  bundle: CheckedBundle,
): Generator<string> {
  const { object, name, type } = one;
  if (object.type.kind !== 'reference') return;
  for (const entity of object.type.entities) {
    const closure = bundle.entities.get(entity)?.attributes.get(name)?.closure;
    if (closure === undefined) continue;
    yield `${entity}.${(closure.first ?? closure.follow).text}`;
    if (type.kind === 'set' && type.element.kind === 'reference')
      for (const element of type.element.entities) yield `${element}.${closure.follow.text}`;
  }
}
