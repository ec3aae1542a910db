import type { FactView } from '../../src/engine/decide/facts.ts';
import { type AccessRequest, type Circumstances, QUIET } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createCasbin } from '../peers/casbin.ts';
import { createCedar } from '../peers/cedar.ts';
import { type Scene, Scenes } from '../peers/scene.ts';
import { generateQuestions } from '../support/generate-requests.ts';
import { candidate, inMicroseconds, measure, ratio } from '../support/measure.ts';
import {
  checkSources,
  demoFactLines,
  demoRequests,
  factsOf,
  referenceSources,
} from '../support/reference.ts';
import { requireSame } from '../support/same-answers.ts';
import type { Suite } from '../support/suite.ts';

/** Of the bundle's files, those that layers 2 and 3 need. */
const FILES = ['schema.velro', '2-rbac.velro', '3-ownership.velro'];
const QUESTIONS = 2_000;
/** So many questions are asked in turn while it is measured. */
const MEASURED = 256;

interface Asked {
  readonly request: AccessRequest;
  readonly scene: Scene;
}

export const subsetPeers: Suite = {
  name: 'subset-peers',
  summary: 'layers 2 and 3 in process, beside Cedar and Casbin',
  async run(options) {
    const sources = (await referenceSources()).filter(({ path }) =>
      FILES.includes(path.split('/').at(-1) ?? ''),
    );
    const bundle = checkSources(sources);
    const engine = createEngine(bundle);
    const lines = await demoFactLines();
    const facts = factsOf(lines, bundle);
    const { now } = demoRequests();
    const circumstances: Circumstances = { live: QUIET, world: { now, sources: {} } };
    const cedar = await createCedar();
    const casbin = await createCasbin();
    const scenes = new Scenes(lines);

    // Both translations are of what exists already, so questions about new things are left out.
    const asked = generateQuestions(lines, now, QUESTIONS * 3, 2)
      .flatMap(({ request }): Asked[] => {
        const scene = scenes.of(request);
        const { triple } = engine.prepare(request);
        return scene === undefined || triple === undefined || triple.isNew ? [] : [{ request, scene }];
      })
      .slice(0, QUESTIONS);
    let permits = 0;
    for (const { request, scene } of asked) {
      const { permitted } = engine.decide(engine.prepare(request), facts, circumstances);
      requireSame(request, permitted, cedar.ask(cedar.callOf(scene)));
      requireSame(request, permitted, casbin.ask(casbin.callOf(scene)));
      if (permitted) permits += 1;
    }
    options.say(`${asked.length} questions answered alike, ${permits} of them permitted`);

    const measured = asked.slice(0, MEASURED);
    const texts = measured.map(({ request }) => JSON.stringify(request));
    const inTurn = <Input>(
      make: (one: Asked, index: number) => Input,
    ): ((count: number) => readonly Input[]) => {
      let next = 0;
      return (count) =>
        Array.from({ length: count }, () => {
          const index = next;
          next = (next + 1) % measured.length;
          return make(measured[index] as Asked, index);
        });
    };
    const [velro, ofCedar, ofCasbin] = measure(
      [
        candidate(
          'velro',
          inTurn((_, index) => JSON.parse(texts[index] ?? '') as AccessRequest),
          (request: AccessRequest) => decide(request, facts),
        ),
        candidate(
          'cedar-wasm',
          inTurn(({ scene }) => cedar.callOf(scene)),
          cedar.ask,
        ),
        candidate(
          'casbin',
          inTurn(({ scene }) => casbin.callOf(scene)),
          casbin.ask,
        ),
      ],
      options,
    );
    if (velro === undefined || ofCedar === undefined || ofCasbin === undefined) return [];
    return [
      inMicroseconds(
        'subset/velro',
        velro,
        undefined,
        'from the parsed JSON to the verdict, facts in memory',
      ),
      inMicroseconds('subset/cedar-wasm', ofCedar, undefined, 'policies parsed before, entities as objects'),
      inMicroseconds(
        'subset/casbin',
        ofCasbin,
        undefined,
        'policy in memory, subject and resource as objects',
      ),
      ratio('subset/cedar-wasm-times-velro', ofCedar, velro, { atLeast: 30 }),
      ratio('subset/casbin-times-velro', ofCasbin, velro, { atLeast: 15 }),
    ];

    function decide(request: AccessRequest, known: FactView): unknown {
      return engine.decide(engine.prepare(request), known, circumstances);
    }
  },
};
