import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { demoFacts, renderFacts } from '../../scripts/support/demo-facts.ts';
import { FILES, GENERATIONS, PEOPLE, PROJECTS, TEAMS } from '../../scripts/support/demo-names.ts';
import { DemoRandom } from '../../scripts/support/demo-random.ts';
import { type AccessRequest, type Circumstances, QUIET } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createReference } from '../../src/engine/reference/reference.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import { ROOT } from '../support/project-files.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';

const FACTS = join(ROOT, 'demo/facts.jsonl');
const REQUESTS = join(ROOT, 'demo/requests');
const { bundle } = loadReferenceBundle();

describe('the demo', () => {
  const records = demoFacts();
  const findings = new FactFindings();
  const loaded = readFactLines(FACTS, findings).then((lines) => decodeFacts(lines, bundle, findings));
  const engine = createEngine(bundle);

  it('is what its generator writes, byte for byte', () => {
    expect(readFileSync(FACTS, 'utf8') === renderFacts(records)).to.equal(true);
    expect(renderFacts(demoFacts()) === renderFacts(records)).to.equal(true);
  });

  it('fits the schema', async () => {
    const facts = await loaded;
    expect(findings.kept).to.deep.equal([]);
    expect(facts.size).to.equal(records.length);
  });

  it('is as large as its guide says', () => {
    const guide = readFileSync(join(ROOT, 'demo/README.md'), 'utf8').replaceAll('\n', ' ');
    const count = (type: string): number => records.filter((record) => record.type === type).length;
    const sizes = [count('user'), count('team'), count('project'), count('generation'), count('media')];
    expect(guide).to.contain(
      `${sizes[0]} users, ${sizes[1]} teams, ${sizes[2]} projects, ${sizes[3]} generations and ${sizes[4]} files`,
    );
    for (const [index, least] of [40, 6, 12, 300, 200].entries()) expect(sizes[index]).to.be.at.least(least);
  });

  it('shows every member of every enum that its facts are made of', () => {
    const values = (type: string, attribute: string): string[] => [
      ...new Set(records.filter((one) => one.type === type).map((one) => String(one.attributes[attribute]))),
    ];
    const members = (name: string): readonly string[] => bundle.enums.get(name)?.members ?? [];
    expect(values('user', 'status')).to.have.members([...members('account_status')]);
    expect(values('user', 'plan')).to.have.members([...members('plan')]);
    expect(values('user', 'roles')).to.include.members([...members('role')]);
    expect(values('generation', 'status')).to.have.members([...members('generation_status')]);
    expect(values('generation', 'visibility')).to.have.members([...members('visibility')]);
    expect(values('generation', 'kind')).to.have.members([...members('generation_kind')]);
    expect(values('generation', 'lineage')).to.have.members([...members('lineage')]);
  });

  it('has lineages of twelve steps and no circle', () => {
    const parents = new Map(
      records
        .filter(({ type }) => type === 'generation')
        .map(({ id, attributes }) => [id, attributes['parent']]),
    );
    const depthOf = (id: string): number => {
      const parent = parents.get(id);
      return typeof parent === 'string' ? 1 + depthOf(parent) : 0;
    };
    expect(Math.max(...[...parents.keys()].map(depthOf))).to.equal(12);
  });

  it('refers only to what it holds', () => {
    const ids = new Set(records.map(({ id }) => id));
    expect(ids.size).to.equal(records.length);
    const referred = records.flatMap(({ attributes }) => [
      ...['owner', 'team', 'project', 'parent', 'generation'].map((name) => attributes[name]),
      ...Object.keys({ ...(attributes['teams'] as object), ...(attributes['attached'] as object) }),
    ]);
    expect(referred.filter((id) => id !== undefined && !ids.has(id as string))).to.deep.equal([]);
  });

  it('names the ids of its guide', () => {
    const guide = readFileSync(join(ROOT, 'demo/README.md'), 'utf8');
    const ids = [PEOPLE, TEAMS, PROJECTS, GENERATIONS, FILES].flatMap((names) => Object.values(names));
    for (const id of ids) expect(guide).to.contain(`\`${id}\``);
    expect(records.map(({ id }) => id)).to.include.members(ids);
  });

  interface Expected {
    readonly now: string;
    readonly requests: Readonly<
      Record<
        string,
        {
          readonly decision: boolean;
          readonly layer?: string;
          readonly rule?: string;
          readonly claim?: string;
        }
      >
    >;
  }
  const expected = JSON.parse(readFileSync(join(REQUESTS, 'expected.json'), 'utf8')) as Expected;
  const circumstances = (now: string): Circumstances => ({
    live: QUIET,
    world: { now: Date.parse(now), sources: {} },
  });

  it('says of each of its requests what is expected', () => {
    const files = readdirSync(REQUESTS).filter((name) => name !== 'expected.json');
    expect(Object.keys(expected.requests)).to.have.members(files).and.have.length.at.least(8);
  });

  for (const [name, answer] of Object.entries(expected.requests)) {
    it(`${name} is ${answer.decision ? 'permitted' : `denied by ${answer.claim ?? `${answer.layer}.${answer.rule}`}`}`, async () => {
      const request = JSON.parse(readFileSync(join(REQUESTS, name), 'utf8')) as AccessRequest;
      const prepared = engine.prepare(request);
      expect(prepared.ignored).to.deep.equal([]);
      expect(prepared.illTyped).to.deep.equal([]);
      const { permitted, cause, claim } = engine.decide(prepared, await loaded, circumstances(expected.now));
      expect({ decision: permitted, ...cause, ...(claim !== undefined && { claim }) }).to.deep.equal(answer);
    });
  }

  it('never refuses one of its ids: no fact of it is made up carelessly', async () => {
    const facts = await loaded;
    const template = JSON.parse(
      readFileSync(join(REQUESTS, 'cy-reads-a-public-generation.json'), 'utf8'),
    ) as AccessRequest;
    for (const { type, id } of records) {
      const request =
        type === 'user'
          ? { ...template, subject: { type, id } }
          : { ...template, resource: { type, id }, action: { name: 'list' } };
      const { cause } = engine.decide(engine.prepare(request), facts, circumstances(expected.now));
      expect(cause?.layer, `${type} ${id}`).not.to.equal('identifiers');
    }
  });

  it('answers random questions alike by both evaluators, and never against an assertion', async function () {
    this.timeout(180_000);
    const facts = await loaded;
    const interpreter = createReference(bundle.files);
    const random = new DemoRandom(7);
    const template = JSON.parse(
      readFileSync(join(REQUESTS, 'dora-deletes-her-generation.json'), 'utf8'),
    ) as AccessRequest;
    const people = records.filter(({ type }) => type === 'user');
    const existing = bundle.triples.filter(({ isNew }) => !isNew);
    let permits = 0;
    for (let count = 0; count < 6000; count++) {
      const { action, resource: type } = random.pick(existing);
      const thing = random.pick(records.filter((record) => record.type === type));
      const owner = people.find(({ id }) => id === thing.attributes['owner']);
      const person = owner !== undefined && random.percent(40) ? owner : random.pick(people);
      const request = {
        subject: { type: 'user', id: person.id },
        action: { name: action },
        resource: { type, id: thing.id },
        context: { ...template.context, tls: !random.percent(5) },
      };
      const prepared = engine.prepare(request);
      const { permitted, cause, claim } = engine.decide(prepared, facts, circumstances(expected.now));
      const plain = interpreter.decide(prepared, facts, circumstances(expected.now));
      expect([plain.permitted, plain.cause, plain.claim], JSON.stringify(request)).to.deep.equal([
        permitted,
        cause,
        claim,
      ]);
      if (!permitted) continue;
      permits += 1;
      expect(request.context.tls).to.equal(true);
      expect(person.attributes['status']).to.equal('active');
      const changesPrivate =
        ['update', 'share', 'delete'].includes(action) &&
        ['generation', 'project'].includes(type) &&
        thing.attributes['visibility'] === 'private';
      if (changesPrivate) expect(thing.attributes['owner']).to.equal(person.id);
    }
    expect(permits).to.be.at.least(600);
  });

  it('has one request for `curl` that is permitted and one that is denied with a reason', async () => {
    const now = '2026-08-15T07:30:00Z';
    const text = readFileSync(join(ROOT, 'demo/curl.json'), 'utf8').replaceAll('$NOW', now);
    const { permitted, denied } = JSON.parse(text) as { permitted: AccessRequest; denied: AccessRequest };
    const ask = async (request: AccessRequest) =>
      engine.decide(engine.prepare(request), await loaded, circumstances(now));
    expect((await ask(permitted)).permitted).to.equal(true);
    const { cause, reason } = await ask(denied);
    expect(cause).to.deep.equal({ layer: 'rbac', rule: 'inactive_account' });
    expect(reason).to.equal('the account is not active, so it holds no role');
  });
});
