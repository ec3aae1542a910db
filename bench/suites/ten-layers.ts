import type { AccessRequest } from '../../src/engine/decide/types.ts';
import { type Circumstances, QUIET } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { inMicroseconds, measure } from '../support/measure.ts';
import {
  checkSources,
  demoFactLines,
  demoRequests,
  factsOf,
  referenceSources,
} from '../support/reference.ts';
import type { Result, Suite } from '../support/suite.ts';

const AT_A_TIME = 256;

export const tenLayers: Suite = {
  name: 'ten-layers',
  summary: 'one decision of the ten reference layers, in process',
  async run(options) {
    const bundle = checkSources(await referenceSources());
    const facts = factsOf(await demoFactLines(), bundle);
    const { now, requests } = demoRequests();
    const circumstances: Circumstances = { live: QUIET, world: { now, sources: {} } };
    const engine = createEngine(bundle);
    const results: Result[] = [];
    for (const [name, title] of [
      ['permit', 'ada-updates-her-generation'],
      ['deny', 'cy-reads-a-private-generation'],
    ] as const) {
      const text = JSON.stringify(requests.get(title));
      const [timing] = measure<AccessRequest>(
        [
          {
            name: 'velro',
            run: (request) => engine.decide(engine.prepare(request), facts, circumstances),
          },
        ],
        {
          atATime: AT_A_TIME,
          make: (count) => Array.from({ length: count }, () => JSON.parse(text) as AccessRequest),
        },
        options,
      );
      if (timing !== undefined)
        results.push(inMicroseconds(`ten-layers/${name}/known-ids`, timing, { atMost: 3 }));
    }
    return results;
  },
};
