import { DemoRandom } from '../../scripts/support/demo-random.ts';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import {
  type AccessRequest,
  type Circumstances,
  type PreparedRequest,
  QUIET,
} from '../../src/engine/decide/types.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type { FactLine } from '../../src/server/facts/fact-line.ts';
import { decideByHand } from '../by-hand/decide-by-hand.ts';
import { generateQuestions } from '../support/generate-requests.ts';
import { candidate, inMicroseconds, measure, ratio, type Timing } from '../support/measure.ts';
import {
  checkSources,
  type DemoRequests,
  demoFactLines,
  demoRequests,
  factsOf,
  referenceSources,
} from '../support/reference.ts';
import { answerOfVerdict, requireSame } from '../support/same-answers.ts';
import type { Result, Suite, Target } from '../support/suite.ts';

const KNOWN: Target = { atMost: 3 };
const FRESH: Target = { atMost: 5 };
const BY_HAND: Target = { atMost: 3 };
/** So many generated questions are answered alike before anything is measured. */
const COMPARED = 5_000;

/** A question and the facts that it is decided on. */
interface Asked {
  readonly request: AccessRequest;
  readonly facts: FactView;
}

/** What questions are made from. */
interface Scene {
  readonly bundle: CheckedBundle;
  readonly lines: readonly FactLine[];
  readonly facts: FactView;
  readonly requests: DemoRequests['requests'];
}

/** Makes so many new questions. */
type Make = (count: number) => readonly Asked[];

interface Case {
  readonly target: Target;
  readonly make: (scene: Scene) => Make;
}

const PERMIT = 'ada-updates-her-generation';
const DENY = 'cy-reads-a-private-generation';

/** By what is asked, and whose ids: those of the demo, again and again, or in each question ids that were never seen before. */
const CASES: ReadonlyMap<string, Case> = new Map([
  ['permit/known-ids', { target: KNOWN, make: (scene) => repeated([requestOf(scene, PERMIT)], scene) }],
  ['permit/fresh-ids', { target: FRESH, make: (scene) => renamed(requestOf(scene, PERMIT), scene) }],
  ['deny/known-ids', { target: KNOWN, make: (scene) => repeated([requestOf(scene, DENY)], scene) }],
  ['deny/fresh-ids', { target: FRESH, make: (scene) => renamed(requestOf(scene, DENY), scene) }],
  ['demo/known-ids', { target: KNOWN, make: (scene) => repeated([...scene.requests.values()], scene) }],
]);

export const tenLayers: Suite = {
  name: 'ten-layers',
  summary: 'one decision of the ten reference layers in process, beside a function written by hand',
  parts: [...CASES.keys()],
  async run({ part = '', quick }) {
    const found = CASES.get(part);
    if (found === undefined) throw new Error(`ten-layers has no part \`${part}\``);
    const bundle = checkSources(await referenceSources());
    const lines = await demoFactLines();
    const { now, requests } = demoRequests();
    const facts = factsOf(lines, bundle);
    const engine = createEngine(bundle);
    const world: Circumstances['world'] = { now, sources: {} };
    const compare = (request: AccessRequest, known: FactView, live: Circumstances['live']): void => {
      const circumstances = { live, world };
      const verdict = engine.decide(engine.prepare(request), known, circumstances);
      requireSame(request, answerOfVerdict(verdict), decideByHand(request, known, circumstances));
    };
    for (const request of requests.values()) compare(request, facts, QUIET);
    for (const { request, live } of generateQuestions(lines, now, COMPARED, 1)) compare(request, facts, live);

    const make = found.make({ bundle, lines, facts, requests });
    for (const { request, facts: known } of make(64)) compare(request, known, QUIET);
    const timings = measureQuestions(make, engine, { live: QUIET, world }, quick);
    return figuresOf(`ten-layers/${part}`, found.target, timings);
  },
};

function measureQuestions(
  make: Make,
  engine: Engine,
  circumstances: Circumstances,
  quick: boolean,
): readonly Timing[] {
  const prepare = (count: number): readonly { request: PreparedRequest; facts: FactView }[] =>
    make(count).map(({ request, facts }) => ({ request: engine.prepare(request), facts }));
  return measure(
    [
      candidate('whole', make, ({ request, facts }) =>
        engine.decide(engine.prepare(request), facts, circumstances),
      ),
      candidate('decide', prepare, ({ request, facts }) => engine.decide(request, facts, circumstances)),
      candidate('by hand', make, ({ request, facts }) => decideByHand(request, facts, circumstances)),
    ],
    { quick },
  );
}

function figuresOf(path: string, target: Target, [whole, decide, byHand]: readonly Timing[]): Result[] {
  if (whole === undefined || decide === undefined || byHand === undefined) return [];
  return [
    inMicroseconds(`${path}/prepare-and-decide`, whole, target, 'from the parsed JSON to the verdict'),
    inMicroseconds(`${path}/decide`, decide, undefined, 'of a request that is prepared'),
    inMicroseconds(`${path}/by-hand`, byHand, undefined, 'the same from the parsed JSON'),
    ratio(`${path}/times-by-hand`, whole, byHand, BY_HAND),
  ];
}

function requestOf({ requests }: Scene, name: string): AccessRequest {
  const request = requests.get(name);
  if (request === undefined) throw new Error(`the demo has no request ${name}`);
  return request;
}

/** The same questions again and again, each parsed anew: no string is one that was seen before, only its text is. */
function repeated(requests: readonly AccessRequest[], { facts }: Scene): Make {
  const texts = requests.map((request) => JSON.stringify(request));
  return (count) =>
    Array.from({ length: count }, (_, index) => ({
      request: JSON.parse(texts[index % texts.length] ?? '') as AccessRequest,
      facts,
    }));
}

/** The same question, each time asked by somebody else about another thing in another session. */
function renamed(request: AccessRequest, { lines, bundle }: Scene): Make {
  const random = new DemoRandom(7);
  const recordOf = (type: string, id: unknown): FactLine => {
    const found = lines.find((line) => line.type === type && line.id === id);
    if (found === undefined) throw new Error(`the demo has no ${type} ${String(id)}`);
    return found;
  };
  const thing = recordOf(request.resource.type, request.resource.id);
  const owner = String(thing.attributes['owner']);
  const people = [...new Set([request.subject.id, owner])].map((id) => recordOf('user', id));
  const { session } = request.context as unknown as { readonly session: { readonly id: string } };
  const ids = [...people.map(({ id }) => String(id)), String(thing.id), session.id];
  const pattern = new RegExp(ids.join('|'), 'g');
  const [asked, records] = [JSON.stringify(request), JSON.stringify([...people, thing])];
  return (count) => {
    const known: FactLine[] = [];
    const requests = Array.from({ length: count }, () => {
      const names = new Map(ids.map((id) => [id, random.uuid4()]));
      const rename = (text: string): unknown =>
        JSON.parse(text.replace(pattern, (id) => names.get(id) ?? id)) as unknown;
      known.push(...(rename(records) as readonly FactLine[]));
      return rename(asked) as AccessRequest;
    });
    const facts = factsOf(known, bundle);
    return requests.map((one) => ({ request: one, facts }));
  };
}
