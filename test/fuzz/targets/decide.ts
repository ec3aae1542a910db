import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { FactView } from '../../../src/engine/decide/facts.ts';
import { QUIET } from '../../../src/engine/decide/types.ts';
import { createReference } from '../../../src/engine/reference/reference.ts';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { accessRequestOf } from '../../../src/server/decide/access-request.ts';
import { PROBLEMS } from '../../../src/server/http/problem-catalogue.ts';
import { type AccessQuestion, Decision } from '../../../src/server/http/schemas/access-schema.ts';
import { createValidator } from '../../../src/server/http/validator.ts';
import { createLimitBuckets } from '../../../src/server/live/limit-buckets.ts';
import type { Ports } from '../../../src/server/ports.ts';
import { startServer } from '../../../src/server/start-server.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { ROOT } from '../../support/project-files.ts';
import { writeSmallBundle } from '../../support/small-bundle.ts';
import { mutateJson } from '../mutate-json.ts';
import { hasRepeatedKey } from '../repeated-key.ts';
import { corpusOf } from '../seeds.ts';
import { promise, type Target } from '../target.ts';

/** The first line of an input says who is asked, the rest is the body. */
const SERVERS = ['small', 'reference'] as const;
type ServerName = (typeof SERVERS)[number];

/** After so many inputs a request in order is sent, and must be permitted as ever. */
const PULSE = 50;

const isDecision = createValidator(Decision);

/** Where requests go, and what may be permitted there. */
interface Asked {
  readonly ask: (body: string) => Promise<{ readonly status: number; readonly text: string }>;
  /** Whether the reference interpreter permits a request. */
  readonly permits: (question: AccessQuestion) => Promise<boolean>;
  readonly good: string;
  /** Every limit has again all that it gives. */
  readonly refill: () => void;
  readonly close: () => Promise<void>;
}

/**
 * Whatever the body, the answer is a decision of the declared form or a problem document, never a failure of the server;
 * and it is no permit unless the reference interpreter permits what was asked.
 */
export async function decideTarget(start: (name: ServerName) => Promise<Asked> = startOne): Promise<Target> {
  const servers = new Map<string, Asked>();
  for (const name of SERVERS) servers.set(name, await start(name));
  const questions = requestsOfDemo();
  const seeds = [
    ...corpusOf('decide').map(({ input }) => input),
    ...questions.map((text) => `reference\n${text}`),
    `small\n${goodOfSmall()}`,
  ];
  let tried = 0;
  return {
    name: 'decide',
    seeds,
    generate: (chance) => {
      const name = chance.pick(SERVERS);
      const text = name === 'small' ? goodOfSmall() : chance.pick(questions);
      return `${name}\n${mutateJson(chance, text, questions)}`;
    },
    mutate: (chance, input, others) => {
      const [name, body] = partsOf(input);
      return `${name}\n${mutateJson(
        chance,
        body,
        others.map((one) => partsOf(one)[1]),
      )}`;
    },
    async check(input) {
      const [name, body] = partsOf(input);
      const server = servers.get(name);
      if (server === undefined) return;
      await checkAnswer(server, body);
      tried += 1;
      if (tried % PULSE !== 0) return;
      // What was tried counted too, so the limits may have nothing left.
      server.refill();
      const { status, text } = await server.ask(server.good);
      promise(
        status === 200 && text.startsWith('{"decision":true'),
        `what is in order is still permitted: ${text}`,
      );
      promise(Object.keys(Object.prototype).length === 0, 'nothing was added to all objects');
    },
    async close() {
      for (const server of servers.values()) await server.close();
    },
  };
}

function partsOf(input: string): readonly [name: string, body: string] {
  const at = input.indexOf('\n');
  return at === -1 ? [input, ''] : [input.slice(0, at), input.slice(at + 1)];
}

async function checkAnswer(server: Asked, body: string): Promise<void> {
  const { status, text } = await server.ask(body);
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (status !== 200) {
    const { code } = answer;
    const known = typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
    promise(
      known && PROBLEMS[code as keyof typeof PROBLEMS].status === status,
      `a problem is one of the catalogue: ${text}`,
    );
    promise(status >= 400 && status < 500, `a request is no failure of the server: ${text}`);
    promise(!('decision' in answer), 'a problem is no decision');
    return;
  }
  const errors = isDecision(answer);
  promise(errors === undefined, `a decision has the declared form: ${JSON.stringify(errors)} ${text}`);
  // What was sent, as the bytes that were sent say.
  const sent = Buffer.from(body).toString('utf8');
  promise(!hasRepeatedKey(sent), 'a key that comes twice is refused');
  const question = JSON.parse(sent) as AccessQuestion;
  if (answer['decision'] === true)
    promise(await server.permits(question), `nothing is permitted that is not permitted: ${text}`);
}

function requestsOfDemo(): string[] {
  const folder = join(ROOT, 'demo', 'requests');
  return readdirSync(folder)
    .filter((name) => name !== 'expected.json')
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

function goodOfSmall(): string {
  return JSON.stringify({
    subject: { type: 'user', id: 'alice', properties: { device: 'laptop' } },
    action: { name: 'read' },
    resource: { type: 'document', id: 'd1' },
    context: { ip: '203.0.113.7', token: 'secret', session: { id: 's' } },
  });
}

/** A server of its own on the loopback, with its files in a temporary folder. */
export async function startOne(name: ServerName): Promise<Asked> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-fuzz-'));
  let { policies, facts } = { policies: join(folder, 'policies'), facts: join(folder, 'facts.jsonl') };
  if (name === 'small') ({ policies, facts } = writeSmallBundle(folder));
  else {
    cpSync(join(ROOT, 'policies'), policies, { recursive: true });
    cpSync(join(ROOT, 'demo', 'facts.jsonl'), facts);
  }
  let ports: Ports | undefined;
  const clock = manualClock();
  let limits = createLimitBuckets(clock);
  const key = 'k'.repeat(40);
  const server = await startServer({
    configuration: { ...readConfiguration({ VELRO_API_KEY: key }, { port: 0, data: join(folder, 'data') }) },
    policies,
    facts,
    watch: false,
    report: () => {},
    log: pino({ level: 'silent' }),
    clock,
    grace: 1,
    adapt: (given) => {
      ports = given;
      return {
        ...given,
        limits: { take: (uses) => limits.take(uses), peek: (uses) => limits.peek(uses) },
      };
    },
  });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const good =
    name === 'small'
      ? goodOfSmall()
      : readFileSync(join(ROOT, 'demo', 'requests', 'ada-updates-her-generation.json'), 'utf8');
  return {
    good,
    refill() {
      limits = createLimitBuckets(clock);
    },
    async ask(body) {
      const response = await fetch(`${server.url}/decide`, { method: 'POST', headers, body });
      return { status: response.status, text: await response.text() };
    },
    async permits(question) {
      if (ports === undefined) throw new Error('the server told nothing of its ports');
      const { engine } = ports.bundles.current();
      const request = engine.prepare(accessRequestOf(question));
      if (request.triple === undefined) return false;
      const view: FactView = await ports.facts.load(request, request.triple, engine.bundle);
      const world = { now: clock.now(), sources: ports.world.sources };
      return createReference(engine.bundle.files).decide(request, view, { live: QUIET, world }).permitted;
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
