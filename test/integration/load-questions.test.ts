import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readDemoCases } from '../../artillery/support/demo-case.ts';
import { copyDemo } from '../../artillery/support/demo-copy.ts';
import { KINDS } from '../../artillery/support/question.ts';
import { caseNames, copiesFor, createQuestionSource } from '../../artillery/support/question-source.ts';
import { renderFacts } from '../../scripts/support/demo-facts.ts';
import { PEOPLE } from '../../scripts/support/demo-names.ts';
import { type AccessRequest, QUIET } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import { patientClock } from '../support/manual-clock.ts';
import { ROOT } from '../support/project-files.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTestServer, stopTestServers } from '../support/test-server.ts';

/** What `npm run load:smoke` asks when nothing else is said. */
const QUESTIONS = 200 * 10 + 50 * 3;

describe('the questions of the load test', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  const writeFacts = (copies: number): string => {
    const file = join(folder.path, 'facts.jsonl');
    const facts = Array.from({ length: copies }, (_, index) => copyDemo(index)).flatMap((copy) => copy.facts);
    writeFileSync(file, renderFacts(facts));
    return file;
  };

  it('have ids of their own in every copy, and the same ones each time', () => {
    const ids = [0, 1, 0].map((index) => copyDemo(index).facts.map(({ id }) => id));
    expect(ids[0]).to.deep.equal(ids[2]);
    expect(new Set([...(ids[0] ?? []), ...(ids[1] ?? []), ...Object.values(PEOPLE)]).size).to.equal(
      2 * (ids[0]?.length ?? 0) + Object.values(PEOPLE).length,
    );
  });

  it('are decided as expected, at any time and about any copy that a run may use', async () => {
    const { bundle } = loadReferenceBundle();
    const engine = createEngine(bundle);
    const copies = copiesFor(QUESTIONS);
    const findings = new FactFindings();
    const facts = decodeFacts(await readFactLines(writeFacts(copies), findings), bundle, findings);
    expect(findings.kept).to.deep.equal([]);
    const cases = readDemoCases();
    expect(cases).to.have.length.at.least(15);
    for (let index = 0; index < copies; index++) {
      const copy = copyDemo(index);
      const now = Date.parse('2026-03-01T00:00:00Z') + index * 3_601_234;
      for (const { name, expected, bodyFor } of cases) {
        const prepared = engine.prepare(JSON.parse(bodyFor(copy, now)) as AccessRequest);
        const verdict = engine.decide(prepared, facts, { live: QUIET, world: { now, sources: {} } });
        const { layer, rule } = verdict.cause ?? {};
        expect(
          {
            decision: verdict.permitted,
            code: verdict.code,
            cause: layer === undefined ? undefined : `${layer}.${rule}`,
            claim: verdict.claim,
          },
          `${name} of copy ${index}`,
        ).to.deep.equal(expected);
      }
    }
  });

  it('are answered by a running server as expected, each case of each kind', async () => {
    // However busy the machine is, no deadline is missed and no limit has anything again.
    const clock = patientClock();
    const server = await startTestServer({ policies: join(ROOT, 'policies'), facts: writeFacts(10), clock });
    try {
      const source = createQuestionSource({ key: server.key, now: () => clock.now() });
      const seen = new Set<string>();
      for (const kind of KINDS) {
        for (let asked = 0; asked < 24; asked++) {
          const { headers, body, judge } = source.take(kind);
          const response = await fetch(`${server.running.url}/decide`, { method: 'POST', headers, body });
          const { outcome, name, complaint } = judge({
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text(),
          });
          expect(complaint, name).to.equal(undefined);
          if (outcome === 'right') seen.add(name);
        }
      }
      expect([...seen]).to.have.members(caseNames());
    } finally {
      await stopTestServers();
    }
  });
});
