import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Compiler } from '../../../../../src/engine/compile/compiler.ts';
import { askedOf, firstOf } from '../../../../../src/engine/compile/generate/first-of.ts';
import { writtenAfter } from '../../../../../src/engine/compile/generate/written-after.ts';
import { inputOf } from '../../../../../src/engine/decide/question.ts';
import { planTriples } from '../../../../../src/engine/decide/triple-plan.ts';
import { createEngine } from '../../../../../src/engine/engine.ts';
import { type Asking, bundleOf, decide, questionOf } from '../../support/ask.ts';

const SCHEMA = `
entity user from table users { name: string }
entity doc from table docs { name: string, owner: user, pages: int }
context { label: string? }
action read on doc by user
require access
`;

function writingEngine(condition: string) {
  const layer = `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`;
  return createEngine(bundleOf(SCHEMA, layer), { writeAfter: 0 });
}

const FACTS: Asking['facts'] = {
  'user:ann': { name: 'ann' },
  'doc:d': { name: 'd', owner: 'ann', pages: 7 },
};

const LABELLED = 'layer 1 main version 1 grants access\npermit rule: read on doc when context.label == "a"\n';

describe('functions that are written for what is asked often', () => {
  it('answer from the time on at which it is asked often, and closures before', () => {
    const answer = writtenAfter(
      2,
      () => () => 'closure',
      () => "return 'written';",
    );
    const input = {} as Parameters<typeof answer>[0];
    expect([answer(input), answer(input), answer(input), answer(input)]).to.deep.equal([
      'closure',
      'closure',
      'written',
      'written',
    ]);
  });

  it('are left to closures in a process that makes no code of text', () => {
    const script = `
      import { createEngine } from './src/engine/engine.ts';
      import { bundleOf, decide } from './test/unit/engine/support/ask.ts';
      let makesCode = true;
      try {
        new Function('return 1');
      } catch {
        makesCode = false;
      }
      const engine = createEngine(bundleOf(${JSON.stringify(`${SCHEMA}${LABELLED}`)}), { writeAfter: 0 });
      const facts = ${JSON.stringify(FACTS)};
      const answers = ['a', 'b', 'a'].map((label) => decide(engine, { context: { label }, facts }).permitted);
      console.log(JSON.stringify([makesCode, ...answers]));
    `;
    const output = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--no-warnings', '--input-type=module', '--eval', script],
      { cwd: fileURLToPath(new URL('../../../../../', import.meta.url)), encoding: 'utf8' },
    );
    expect(JSON.parse(output)).to.deep.equal([false, true, false, true]);
  });

  it('hold nothing of a policy but the names of parameters', () => {
    const hostile = '"); globalThis.broken = true; ("${1}`\\n\\u0027';
    const engine = writingEngine(
      `resource.name == ${JSON.stringify(hostile)} or resource.name in {"*/", "'"}`,
    );
    const permits = (name: string): boolean =>
      decide(engine, { facts: { ...FACTS, 'doc:d': { name, owner: 'ann', pages: 1 } } }).permitted;
    expect([permits(hostile), permits('*/'), permits("'"), permits('other')]).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
    expect(globalThis).to.not.have.property('broken');
  });

  it('leave to closures what is too large or too deep to be written', () => {
    const many = Array.from({ length: 700 }, (_, page) => `resource.pages == ${page + 1000}`).join(' or ');
    const deep = `resource.pages${' + 1'.repeat(40)} > 46`;
    expect(decide(writingEngine(`${many} or resource.pages == 7`), { facts: FACTS }).permitted).to.equal(
      true,
    );
    expect(decide(writingEngine(many), { facts: FACTS }).permitted).to.equal(false);
    expect(decide(writingEngine(deep), { facts: FACTS }).permitted).to.equal(true);
  });

  it('name the first of several that is true', () => {
    const bundle = bundleOf(
      SCHEMA,
      `layer 1 main version 1 grants access
permit none: read on doc when resource.name == "other"
permit some: read on doc when resource.owner == subject
permit rest: read on doc when true
`,
    );
    const compiler = new Compiler(bundle);
    const [plan] = planTriples(bundle, compiler);
    if (plan === undefined) throw new Error('no triple');
    const conditions = bundle.layers[0]?.rules.map((rule) => rule.cases[0]?.condition) ?? [];
    const asked = conditions.map((condition) => askedOf(condition, 'certainly', compiler));
    const input = inputOf(plan, questionOf(createEngine(bundle), { facts: FACTS }));
    for (const writeAfter of [0, Number.POSITIVE_INFINITY]) {
      expect(firstOf(asked, writeAfter)(input)).to.equal(1);
      expect(firstOf(asked.slice(0, 1), writeAfter)(input)).to.equal(-1);
    }
  });

  it('know within a quantifier what another around it goes through', () => {
    const schema = `
entity user from table users { name: string, friends: set<user> }
entity doc from table docs { readers: set<user> }
action read on doc by user
require access
`;
    const layer = `layer 1 main version 1 grants access
permit rule: read on doc when any one in resource.readers: (every other in one.friends: (other.name == one.name))
`;
    const engine = createEngine(bundleOf(schema, layer), { writeAfter: 0 });
    const facts = (name: string): NonNullable<Asking['facts']> => ({
      'user:ann': { name: 'x', friends: ['bob'] },
      'user:bob': { name, friends: ['ann'] },
      'doc:d': { readers: ['ann', 'bob'] },
    });
    expect(decide(engine, { facts: facts('x') }).permitted).to.equal(true);
    expect(decide(engine, { facts: facts('y') }).permitted).to.equal(false);
  });

  describe('note where a permit may hold for all that is known:', () => {
    const schema = `
enum level ordered { low, high }
entity user from table users { name: string }
entity doc from table docs { name: string, owner: user, pages: int, open: bool, level: level, readers: set<user>, marks: map<string, int> }
context { label: string?, at: time }
action read on doc by user
require access
`;
    const unknown: readonly string[] = [
      'resource.name == "d"',
      'resource.open',
      'not resource.open',
      'resource.level >= high',
      'resource.pages + 1 > 3',
      'resource.owner == subject',
      'subject in resource.readers',
      'resource.readers contains any {subject}',
      'has resource.marks["a"]',
      'exists resource.owner',
      'any reader in resource.readers: (reader == subject)',
      'not (every reader in resource.readers: (reader.name == "x"))',
      'context.at > now',
      'string.lower(resource.name) == "d"',
      'resource.name matches "d"',
      'risk < 50 and resource.open implies resource.open',
    ];
    for (const condition of unknown) {
      it(condition, () => {
        const layer = `layer 1 main version 1 grants access\npermit rule: read on doc when ${condition}\n`;
        const bundle = bundleOf(schema, layer);
        const asking: Asking = { facts: { 'user:ann': { name: 'ann' }, 'doc:d': {} } };
        const verdict = decide(createEngine(bundle, { writeAfter: 0 }), asking);
        expect(verdict.missing).to.not.deep.equal([]);
        expect(verdict).to.deep.equal(
          decide(createEngine(bundle, { writeAfter: Number.POSITIVE_INFINITY }), asking),
        );
      });
    }

    it('elements that are unknown or may be there', () => {
      const layer = `layer 1 main version 1 grants access
permit some: read on doc when any reader in resource.readers: (reader.name == "x")
permit each: read on doc when resource.pages > 0 and (every reader in resource.readers: (reader.name == "bob"))
`;
      const bundle = bundleOf(schema, layer);
      const answers = ([['ann'], ['ann', 'bob'], ['bob'], ['cy'], ['bob', 7], []] as const).map((readers) => {
        const asking: Asking = {
          facts: {
            'user:ann': { name: 'ann' },
            'user:bob': { name: 'bob' },
            'user:cy': {},
            'doc:d': { pages: 7, readers },
          },
        };
        const [written, closures] = [0, Number.POSITIVE_INFINITY].map((writeAfter) =>
          decide(createEngine(bundle, { writeAfter }), asking),
        );
        expect(written).to.deep.equal(closures);
        return [written?.permitted, written?.missing.length];
      });
      expect(answers).to.deep.equal([
        [false, 0],
        [false, 0],
        [true, 0],
        [false, 1],
        [false, 1],
        [true, 0],
      ]);
    });
  });
});
