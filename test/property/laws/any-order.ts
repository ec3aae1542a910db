import { expect } from 'chai';
import type { Verdict } from '../../../src/engine/decide/types.ts';
import { createEngine, type Engine } from '../../../src/engine/engine.ts';
import { reverseOperands } from '../../support/change-conditions.ts';
import { outlineOf } from '../../support/decide-both.ts';
import { bundleText } from '../../support/generate-bundle.ts';
import type { Chance } from '../../support/generate-chance.ts';
import type { Tree } from '../../support/generate-tree.ts';
import { type Asked, loaded } from '../../support/generated-case.ts';
import type { Law } from '../../support/law-pass.ts';

/** The verdict of the same question by another engine. */
export function decideAnew(engine: Engine, { scenario, question }: Asked): Verdict {
  const { facts, circumstances } = question;
  return engine.decide(engine.prepare(scenario.request), facts, circumstances);
}

/** Causes are named by layer and text, so the whole verdict is the same: cause, advice, what was missing, when it flips. */
export const anyOrderOfFiles: Law = {
  name: 'files may have any order and any names',
  aboutRequests: true,
  premises: { 'files moved': 1 },
  check(one, tally) {
    const files = bundleText(one.tree);
    const chance = one.chance();
    const shuffled = chance.shuffled(files);
    tally.note('files moved', files.filter((file, index) => shuffled[index] !== file).length);
    const engine = createEngine(
      loaded(shuffled.map(({ text }, index) => ({ path: `${chance.pick(['a', 'z'])}${index}.velro`, text }))),
    );
    for (const asked of one.asked) {
      expect(decideAnew(engine, asked)).to.deep.equal(asked.verdict);
      tally.request(asked.verdict.permitted);
    }
  },
};

export const anyOrderOfDeclarations: Law = {
  name: 'the declarations of a layer, and those beside the layers, may have any order',
  aboutRequests: true,
  premises: { 'declarations moved': 5 },
  check(one, tally) {
    const chance = one.chance();
    const tree = new Map(
      [...one.tree].map(([path, file]) => {
        const shuffled = shuffledFile(chance, file);
        tally.note('declarations moved', file.parts.filter((part, at) => shuffled.parts[at] !== part).length);
        return [path, shuffled] as const;
      }),
    );
    const engine = createEngine(loaded(bundleText(tree)));
    for (const asked of one.asked) {
      const { permitted } = asked.verdict;
      expect(decideAnew(engine, asked).permitted).to.equal(permitted);
      tally.request(permitted);
    }
  },
};

/** The declarations after the first part, which holds the header, in another order. */
function shuffledFile(chance: Chance, file: Tree): Tree {
  const [header, ...rest] = file.parts;
  if (typeof header !== 'string') return { ...file, parts: chance.shuffled(file.parts) };
  return { ...file, parts: [header, ...chance.shuffled(rest)] };
}

export const anyOrderOfOperands: Law = {
  name: 'the operands of `and` and `or` may have any order, once they are checked',
  aboutRequests: true,
  premises: { reversed: 5 },
  check(one, tally) {
    const { bundle, reversed } = reverseOperands(one.bundle);
    tally.note('reversed', reversed);
    const engine = createEngine(bundle);
    for (const asked of one.asked) {
      const was = outlineOf(asked.verdict);
      const is = outlineOf(decideAnew(engine, asked));
      tally.request(was.permitted);
      // Which of two unknowns is met first decides whether a record that could not be loaded was asked for.
      const isOpen = [was, is].some(({ code }) => code === 'facts_unavailable');
      if (isOpen) expect(is.permitted).to.equal(was.permitted);
      else expect(is).to.deep.equal(was);
    }
  },
};
