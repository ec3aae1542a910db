import { deepStrictEqual } from 'node:assert';
import type { LoadOrder, LoadResult } from '../support/http/load-generator.ts';
import { makeQuestions, type Questions } from '../support/http/questions.ts';
import { GENERATOR_CORE, HEADERS, type Server, startServers } from '../support/http/servers.ts';
import { type PinnedProcess, processorSeconds, startPinned } from '../support/http/start-process.ts';
import { projectPath } from '../support/reference.ts';
import { median, spreadOf } from '../support/statistics.ts';
import type { BenchOptions, Result, Suite, Target } from '../support/suite.ts';

/** So many rounds, in each of which every server is asked for so many seconds (the fewest that can be asked for is 1). */
const ROUNDS = { full: 8, quick: 1 };
const SECONDS = 1;
/** Until everything that runs often has been compiled. Cerbos, compiled beforehand, is warm after a tenth. */
const WARM_UP = { full: 20_000, quick: 800 };
const CONNECTIONS = 8;

/** One server and what it is asked. */
interface Contender {
  readonly name: string;
  readonly server: Server;
  readonly bodies: readonly string[];
  /** Stands in every answer. */
  readonly expected: string;
}

interface Sample {
  readonly perSecond: number;
  /** Microseconds of the processor a request, all threads together. */
  readonly processor: number;
  /** Answers that were not the expected one. */
  readonly wrong: number;
}

const PERMITTED = '"decision":true';
const DENIED = '"decision":false';

export const http: Suite = {
  name: 'http',
  summary: 'POST /decide beside Express and Cerbos, every server on one core, whoever asks on the other',
  async run({ quick, say }) {
    const questions = makeQuestions(Date.now());
    const servers = await startServers(questions);
    const generator = startPinned(GENERATOR_CORE, [
      process.execPath,
      projectPath('bench/support/http/load-generator.ts'),
    ]);
    try {
      const { velro, constant, bare, cerbos } = servers;
      const permitted = texts(questions.permitted);
      const contenders: readonly Contender[] = [
        { name: 'velro', server: velro, bodies: permitted, expected: PERMITTED },
        { name: 'constant-verdict', server: constant, bodies: permitted, expected: PERMITTED },
        { name: 'bare-express', server: bare, bodies: permitted, expected: '"action":{"name":"update"}' },
        {
          name: 'cerbos',
          server: cerbos,
          bodies: texts(questions.permittedForCerbos),
          expected: '"EFFECT_ALLOW"',
        },
        { name: 'velro-denies', server: velro, bodies: texts(questions.denied), expected: DENIED },
      ];
      await warmUp(contenders, generator, quick);
      await sameAnswers(servers, questions);
      const samples = await inTurns(contenders, generator, { quick, say });
      return resultsOf(contenders, samples);
    } finally {
      await generator.stop();
      await servers.stop();
    }
  },
};

async function warmUp(
  contenders: readonly Contender[],
  generator: PinnedProcess,
  quick: boolean,
): Promise<void> {
  for (const contender of contenders) {
    const amount = WARM_UP[quick ? 'quick' : 'full'];
    await ask(contender, generator, { amount: contender.name === 'cerbos' ? amount / 10 : amount });
  }
}

/**
 * Asks one after the other, round after round: what disturbs the machine disturbs all of them. A round in which an answer
 * was wrong does not count. On a machine that does other things such answers come from the deadline of the policy.
 */
async function inTurns(
  contenders: readonly Contender[],
  generator: PinnedProcess,
  { quick, say }: BenchOptions,
): Promise<readonly (readonly Sample[])[]> {
  const rounds = ROUNDS[quick ? 'quick' : 'full'];
  const samples = contenders.map((): Sample[] => []);
  let counted = 0;
  for (let tried = 0; counted < rounds; tried += 1) {
    if (tried === rounds * 2) throw new Error(`only ${counted} of ${tried} rounds had no wrong answer`);
    const round: Sample[] = [];
    for (const contender of contenders) round.push(await ask(contender, generator, { seconds: SECONDS }));
    const wrong = round.findIndex((sample) => sample.wrong > 0);
    if (wrong !== -1) {
      say(`a round does not count: ${contenders[wrong]?.name} gave ${round[wrong]?.wrong} wrong answers`);
      continue;
    }
    for (const [index, sample] of round.entries()) samples[index]?.push(sample);
    counted += 1;
    say(`round ${counted} of ${rounds}`);
  }
  return samples;
}

async function ask(
  { name, server, bodies, expected }: Contender,
  generator: PinnedProcess,
  long: { readonly seconds: number } | { readonly amount: number },
): Promise<Sample> {
  const before = processorSeconds(server.process.pid);
  const order: LoadOrder = {
    url: server.url,
    headers: HEADERS,
    bodies,
    expected,
    connections: CONNECTIONS,
    ...long,
  };
  const { child } = generator;
  const result = await new Promise<LoadResult>((resolve, reject) => {
    const onExit = (): void => reject(new Error('the load generator ended'));
    child.once('exit', onExit);
    child.once('message', (message: LoadResult | { readonly failed: string }) => {
      child.off('exit', onExit);
      if ('failed' in message) reject(new Error(message.failed));
      else resolve(message);
    });
    child.send(order);
  });
  if (result.answered === 0) throw new Error(`${name} does not answer`);
  const used = processorSeconds(server.process.pid) - before;
  return {
    perSecond: result.answered / result.seconds,
    processor: (used / result.answered) * 1e6,
    wrong: result.wrong,
  };
}

function resultsOf(
  contenders: readonly Contender[],
  samples: readonly (readonly Sample[])[],
): readonly Result[] {
  const figuresOf = (name: string, take: (sample: Sample) => number): readonly number[] =>
    (samples[contenders.findIndex((one) => one.name === name)] ?? []).map(take);
  const result = (
    name: string,
    unit: string,
    figures: readonly number[],
    target?: Target,
    note?: string,
  ): Result => ({
    name: `http/${name}`,
    value: median(figures),
    unit,
    spread: spreadOf(figures),
    target,
    note,
  });
  /** How many times as much Velro does, as the median over rounds of their ratio in that round. */
  const ratio = (peer: string, atLeast: number): readonly Result[] => {
    const times = (take: (sample: Sample) => number): readonly number[] => {
      const others = figuresOf(peer, take);
      return figuresOf('velro', take).map((own, round) => own / (others[round] ?? Number.NaN));
    };
    const processor = times((sample) => 1 / sample.processor);
    return [
      result(
        `velro-to-${peer}`,
        '×',
        times((sample) => sample.perSecond),
        { atLeast },
      ),
      result(`velro-to-${peer}/processor-time`, '×', processor, undefined, 'by processor time a request'),
    ];
  };
  return [
    ...contenders.flatMap(({ name }) => [
      result(
        `${name}/throughput`,
        'requests/s',
        figuresOf(name, (sample) => sample.perSecond),
      ),
      result(
        `${name}/processor-time`,
        'µs',
        figuresOf(name, (sample) => sample.processor),
      ),
    ]),
    ...ratio('constant-verdict', 0.9),
    ...ratio('bare-express', 0.65),
    ...ratio('cerbos', 3),
  ];
}

function texts(bodies: readonly object[]): readonly string[] {
  return bodies.map((body) => JSON.stringify(body));
}

/** Throws unless each server answers the first and the last question as it should. */
async function sameAnswers(
  { velro, constant, bare, cerbos }: Awaited<ReturnType<typeof startServers>>,
  questions: Questions,
): Promise<void> {
  for (const at of [0, -1]) {
    const permitted = questions.permitted.at(at) as object;
    const ours = await answerOf(velro, permitted);
    deepStrictEqual(await answerOf(constant, permitted), ours, 'the constant verdict is answered otherwise');
    deepStrictEqual(ours.body.decision, true, 'Velro does not permit what it should');
    deepStrictEqual((await answerOf(bare, permitted)).body, permitted, 'the echo says something else');
    deepStrictEqual(await effectOf(cerbos, questions.permittedForCerbos.at(at) as object), 'EFFECT_ALLOW');

    const denied = await answerOf(velro, questions.denied.at(at) as object);
    deepStrictEqual(denied.body.decision, false, 'Velro does not deny what it should');
    deepStrictEqual(await effectOf(cerbos, questions.deniedForCerbos.at(at) as object), 'EFFECT_DENY');
  }
}

async function post({ url }: Server, body: object): Promise<Response> {
  const response = await fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) });
  deepStrictEqual(response.status, 200, `${url} answers ${response.status}`);
  return response;
}

/** An answer without what is another one each time. */
async function answerOf(
  server: Server,
  question: object,
): Promise<{ readonly headers: object; readonly body: { decision?: unknown; context?: { id?: unknown } } }> {
  const response = await post(server, question);
  const headers = [...response.headers].map(([name, value]) =>
    ['date', 'x-request-id'].includes(name) ? [name] : [name, value],
  );
  const body = (await response.json()) as { decision?: unknown; context?: { id?: unknown } };
  if (typeof body.context?.id === 'string' && 'decision' in body) body.context.id = 'an id';
  return { headers, body };
}

async function effectOf(server: Server, question: object): Promise<unknown> {
  const answer = (await (await post(server, question)).json()) as {
    readonly results: readonly { readonly actions: { readonly update: unknown } }[];
  };
  return answer.results[0]?.actions.update;
}
