import { expect } from 'chai';
import { createEngine } from '../../../src/engine/engine.ts';
import { type BundleTree, bundleText } from '../../support/generate-bundle.ts';
import type { Chance } from '../../support/generate-chance.ts';
import { fixed, type Tree } from '../../support/generate-tree.ts';
import { loaded } from '../../support/generated-case.ts';
import type { Law } from '../../support/law-pass.ts';
import { decideAnew } from './any-order.ts';

/** A forbid more, in a layer of its own or anywhere in another, takes permits away and never adds one. */
export const addedForbid: Law = {
  name: 'adding a forbid never adds a permit',
  aboutRequests: true,
  premises: { 'permits taken away': 0.1, 'in a layer of its own': 0.1, 'in another layer': 0.1 },
  check(one, tally) {
    const { tree, where } = withForbids(one.chance(), one.tree, one.addableForbids);
    tally.note(where);
    const engine = createEngine(loaded(bundleText(tree)));
    for (const asked of one.asked) {
      const was = asked.verdict.permitted;
      const is = decideAnew(engine, asked).permitted;
      tally.request(was);
      if (is) expect(was, JSON.stringify(asked.scenario)).to.equal(true);
      if (was && !is) tally.note('permits taken away');
    }
  },
};

function withForbids(
  chance: Chance,
  tree: BundleTree,
  forbids: readonly Tree[],
): { readonly tree: BundleTree; readonly where: string } {
  const layers = [...tree.keys()].filter((path) => /^\d/.test(path));
  if (layers.length === 0 || chance.percent(40)) {
    const own = fixed('layer 99 last version 1\n\n', ...forbids);
    return { tree: new Map(tree).set('99-last.velro', own), where: 'in a layer of its own' };
  }
  const path = chance.pick(layers);
  const layer = tree.get(path) as Tree;
  // After the header, which is the first part.
  const parts = layer.parts.toSpliced(chance.integer(1, layer.parts.length), 0, ...forbids);
  return { tree: new Map(tree).set(path, { ...layer, parts }), where: 'in another layer' };
}
