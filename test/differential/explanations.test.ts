import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest } from '../../src/engine/decide/types.ts';
import type { Explanation } from '../../src/engine/explain/types.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings, type FactLine } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import { BothEvaluators, type Question } from '../support/decide-both.ts';
import { ExplanationLaw } from '../support/explanation-law.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';
import { ROOT } from '../support/project-files.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';
import { circumstancesOf, factsOf, type Scenario } from '../support/scenario.ts';

const QUESTIONS = 1500;
const REQUESTS = join(ROOT, 'demo/requests');
const NOW = '2026-01-05T10:00:00Z';
/** A random id that no record has. */
const NEW_ID = '5b0e7d92-41c8-4f6a-b3d7-86e2f9a01c54';

const both = new BothEvaluators(loadReferenceBundle().bundle);
const { bundle } = both;

const requests: ReadonlyMap<string, AccessRequest> = new Map(
  readdirSync(REQUESTS)
    .filter((name) => name !== 'expected.json')
    .map((name) => [name, JSON.parse(readFileSync(join(REQUESTS, name), 'utf8')) as AccessRequest]),
);

/** Nothing unusual goes on around the request. */
function quiet(request: AccessRequest): Scenario {
  return { request, records: [], now: NOW, modes: [], overrides: [], exhausted: [], sources: {} };
}

/** Questions about the facts of the demo: mostly its own people, on things of theirs or of others. */
function questions(lines: readonly FactLine[]): fc.Arbitrary<Scenario> {
  const people = lines.filter((line) => line.type === 'user');
  const some = (names: Iterable<string>): fc.Arbitrary<string[]> =>
    fc.oneof(
      { weight: 19, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.subarray([...names], { minLength: 1, maxLength: 1 }) },
    );
  const looks = bundle.triples.filter(({ action }) => action === 'read' || action === 'list');
  const usual = requests.get('dora-deletes-her-generation.json')?.context;
  return fc
    .record({
      triple: fc.oneof(fc.constantFrom(...bundle.triples), fc.constantFrom(...looks)),
      person: fc.constantFrom(...people),
      at: fc.nat(),
      asOwner: fc.constantFrom(true, true, true, false),
      context: fc.oneof(
        { weight: 5, arbitrary: fc.constant(usual) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(...[...requests.values()].map((request) => request.context)),
        },
      ),
      now: fc.constantFrom(NOW, NOW, NOW, '2026-01-05T10:31:00Z', '2026-01-05T23:00:00Z'),
      modes: some(bundle.modes.keys()),
      overrides: some(bundle.overrides.keys()),
      exhausted: some(bundle.limits.keys()),
      token: fc.constantFrom<Scenario['sources']>({}, {}, { 'media.token_valid': 'value' }),
    })
    .map(({ triple, person, at, asOwner, context, now, modes, overrides, exhausted, token }) => {
      const things = lines.filter((line) => line.type === triple.resource);
      const thing = things[at % things.length] as FactLine;
      const { owner } = thing.attributes as { owner?: string };
      const request = {
        subject: { type: triple.subject, id: asOwner && owner !== undefined ? owner : String(person.id) },
        action: { name: bundle.actions.get(triple.action)?.spelling ?? triple.action },
        resource: triple.isNew
          ? { type: triple.resource, id: NEW_ID, properties: thing.attributes }
          : { type: triple.resource, id: String(thing.id) },
        context,
      };
      return { ...quiet(request), now, modes, overrides, exhausted, sources: token };
    });
}

describe('explanations of the reference bundle', function () {
  this.timeout(LAW_TIMEOUT);
  let lines: readonly FactLine[];
  let demo: FactView;

  before(async () => {
    const findings = new FactFindings();
    lines = await readFactLines(join(ROOT, 'demo/facts.jsonl'), findings);
    demo = decodeFacts(lines, bundle, findings);
    expect(lines.length).to.be.above(100);
  });

  /** The facts of the demo, with the records that the scenario has of its own. */
  const ask = (scenario: Scenario): Question => {
    const own = factsOf(scenario, bundle);
    const facts: FactView = { record: (type, id) => own.record(type, id) ?? demo.record(type, id) };
    return {
      request: both.engine.prepare(scenario.request),
      facts,
      circumstances: circumstancesOf(scenario),
    };
  };

  /** The scenario holds the records that are to be changed. */
  const withRecords = (scenario: Scenario, { changes }: Explanation): Scenario => {
    const named = new Set(
      (changes ?? []).flatMap(({ edit }) =>
        'at' in edit && edit.at.part === 'facts' ? [`${edit.at.entity?.type}:${edit.at.entity?.id}`] : [],
      ),
    );
    const records = lines
      .filter(({ type, id }) => named.has(`${type}:${id}`))
      .map(({ type, id, attributes }) => ({ type, id: String(id), attributes }));
    const made = (changes ?? []).filter(({ edit }) => edit.kind === 'record');
    expect(records.length).to.be.within(named.size - made.length, named.size);
    return { ...scenario, records };
  };

  const check = (scenario: Scenario, law: ExplanationLaw): Explanation => {
    const { request, facts, circumstances } = ask(scenario);
    const explanation = both.engine.explain(request, facts, circumstances);
    law.check(withRecords(scenario, explanation), explanation, both, ask);
    return explanation;
  };

  it('keep their word for the requests of the demo', () => {
    const law = new ExplanationLaw();
    for (const request of requests.values()) check(quiet(request), law);
    const { count } = law;
    expect(count.questions).to.equal(requests.size);
    expect([count.denials, count.endedEarly]).to.deep.equal([count.changed + count.obstructed, 0]);
    expect(count.changed, 'denials with changes').to.be.at.least(8);
    expect(count.obstructed, 'denials with obstacles').to.be.at.least(1);
  });

  it('keep their word for questions about the facts of the demo', () => {
    const law = new ExplanationLaw();
    assertLaw('policies/, changes permit', QUESTIONS, questions(lines), (scenario) => {
      check(scenario, law);
    });
    const { count } = law;
    console.log(`      ${JSON.stringify(count)}`);
    expect(count.permits / count.questions, 'share of permits').to.be.at.least(0.2);
    expect(count.changed / count.denials, 'denials with changes').to.be.at.least(0.8);
    expect(count.severalChanges, 'denials that take several changes').to.be.above(50);
    expect(count.endedEarly / count.denials, 'searches that ended early').to.be.below(0.1);
  });

  it('name no value for a signature: the owner needs none', () => {
    const request = requests.get('cy-downloads-a-file-without-a-token.json') as AccessRequest;
    const context = { ...request.context, token: 'v1.k.1.x', method: 'GET' };
    const scenario: Scenario = {
      ...quiet({ ...request, context }),
      sources: { 'media.token_valid': 'failed' },
    };
    const { verdict, changes } = check(scenario, new ExplanationLaw());
    expect(verdict.cause).to.deep.equal({ layer: 'media_access', rule: 'unsigned' });
    expect(changes?.map(({ path }) => path)).to.deep.equal(['resource.owner']);
  });
});
