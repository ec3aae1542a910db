import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { formatFile } from '../../src/dsl/format/format-file.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { tokenize } from '../../src/dsl/syntax/lexer.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';
import { BothEvaluators } from '../support/decide-both.ts';
import { ROOT } from '../support/project-files.ts';
import { Campaign, type Finding } from './campaign.ts';
import { minimize } from './minimize.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateText } from './mutate-text.ts';
import { chanceOf } from './numbers.ts';
import { hasRepeatedKey } from './repeated-key.ts';
import { saveFinding } from './save-finding.ts';
import { CORPUS, corpusOf } from './seeds.ts';
import { TARGET_NAMES, type Target } from './target.ts';
import { checkerTarget } from './targets/checker.ts';
import { decideTarget, startOne } from './targets/decide.ts';
import { TARGETS } from './targets/index.ts';
import { formatterTarget, lexerTarget, parserTarget } from './targets/syntax.ts';
import { watchedRun } from './watched-run.ts';

/** What is found among the seeds and so many inputs. */
async function found(
  target: Target,
  inputs: number,
  seed = 1,
  attempts = 10,
): Promise<{ findings: Finding[]; begun: string[] }> {
  const findings: Finding[] = [];
  const begun: string[] = [];
  const campaign = new Campaign({
    target,
    seed,
    attempts,
    begin: (input) => void begun.push(input),
    report: (finding) => void findings.push(finding),
  });
  try {
    await campaign.trySeeds();
    for (let left = inputs; left > 0; left -= 20) await campaign.tryBatch(left);
  } finally {
    await target.close?.();
  }
  return { findings, begun };
}

describe('the fuzz run', function () {
  this.timeout(120_000);

  it('has a corpus for every target, and no other', () => {
    expect(readdirSync(CORPUS).toSorted()).to.deep.equal([...TARGET_NAMES].toSorted());
  });

  for (const name of TARGET_NAMES) {
    it(`finds nothing in the corpus of the ${name}`, async () => {
      const target = await TARGETS[name]();
      try {
        const corpus = corpusOf(name);
        expect(corpus).not.to.be.empty;
        for (const { input } of corpus) await target.check(input);
      } finally {
        await target.close?.();
      }
    });

    it(`finds nothing in a few inputs to the ${name}`, async () => {
      const { findings } = await found(await TARGETS[name](), name === 'checker' ? 20 : 60);
      expect(findings.map(({ message, input }) => `${message}\n${input}`)).to.deep.equal([]);
    });
  }

  it('takes no limit that its own requests used up for a failure', async () => {
    const target = await decideTarget();
    const seeds = target.seeds.filter((seed) => seed.startsWith('reference\n'));
    const asked = seeds.find((seed) => JSON.parse(seed.slice('reference\n'.length)).action.name === 'update');
    try {
      for (let count = 0; count < 250; count += 1) await target.check(asked!);
    } finally {
      await target.close?.();
    }
  });

  describe('finds what is wrong', () => {
    const one = (findings: readonly Finding[]): Finding => {
      expect(findings.length).to.be.at.least(1);
      return findings[0] as Finding;
    };

    it('when the lexer leaves a character out', async () => {
      const target = lexerTarget((source, report) => {
        const lexed = tokenize(source, report);
        return { ...lexed, tokens: lexed.tokens.filter(({ image }) => image !== 'unless') };
      });
      const seeds = ['permit a: b on c unless d'];
      expect(one((await found({ ...target, seeds }, 0, 1, 400)).findings))
        .to.include({ input: 'unless d' })
        .and.property('message')
        .include('left out');
    });

    it('when the parser throws', async () => {
      const target = parserTarget((source) => {
        if (source.text.includes('15m')) throw new RangeError('Maximum call stack size exceeded');
        return parseSource(source);
      });
      const finding = one((await found({ ...target, seeds: ['let a = b < 15m'] }, 0, 1, 400)).findings);
      expect(finding.input).to.equal('15m');
      expect(finding.message).to.include('RangeError');
    });

    it('when a place lies outside of the text', async () => {
      const target = parserTarget((source) => {
        const { file, diagnostics } = parseSource(source);
        const moved = diagnostics.map((finding) => ({
          ...finding,
          span: { ...finding.span, end: source.text.length + 1 },
        }));
        return { file, diagnostics: moved };
      });
      expect(one((await found(target, 0)).findings).message).to.include('lies within its file');
    });

    it('when formatting loses a remark, or changes a tree', async () => {
      const loses = formatterTarget((file) => formatFile({ ...file, comments: file.comments.slice(1) }));
      expect(one((await found(loses, 0)).findings).message).to.include('keeps every remark');
      const changes = formatterTarget((file) => formatFile(file).replace(' and ', ' or '));
      expect(one((await found(changes, 0)).findings).message).to.include('changes no tree');
    });

    it('when a bundle with an error is given out', async () => {
      const good = loadBundle([]).bundle;
      expect(good).to.equal(undefined);
      const target = checkerTarget((sources) => ({ ...loadBundle(sources), bundle: {} as CheckedBundle }));
      expect(one((await found(target, 0)).findings).message).to.include('exactly when there is no error');
    });

    it('when the compiled engine permits too much', async () => {
      class Generous extends BothEvaluators {
        override compiled(
          question: Parameters<BothEvaluators['compiled']>[0],
        ): ReturnType<BothEvaluators['compiled']> {
          return { ...super.compiled(question), permitted: true };
        }
      }
      const target = checkerTarget(loadBundle, (bundle) => new Generous(bundle));
      expect(one((await found(target, 0)).findings).message).to.include('compiled and reference agree');
    });

    it('when the server fails, permits too much or takes a key twice', async () => {
      const planted = async (
        change: (status: number, text: string, body: string) => readonly [number, string],
      ) => {
        const target = await decideTarget(async (name) => {
          const server = await startOne(name);
          return {
            ...server,
            ask: async (body) => {
              const { status, text } = await server.ask(body);
              const [otherStatus, otherText] = change(status, text, body);
              return { status: otherStatus, text: otherText };
            },
          };
        });
        return one((await found(target, 40)).findings).message;
      };
      const failed = JSON.stringify({ status: 500, code: 'internal_error' });
      expect(await planted(() => [500, failed])).to.include('no failure of the server');
      expect(
        await planted((status, text) => [status, text.replace('{"decision":false', '{"decision":true')]),
      ).to.include('nothing is permitted that is not permitted');
      expect(
        await planted((status, text, body) =>
          status === 400 && hasRepeatedKey(body)
            ? [
                200,
                JSON.stringify({
                  decision: false,
                  context: { id: 'a', code: 'forbidden', reason: 'b', policy: { version: '1', digest: 'c' } },
                }),
              ]
            : [status, text],
        ),
      ).to.include('a key that comes twice is refused');
    });

    it('when an input never ends: the thread is ended, and the input is told', async () => {
      const findings: Finding[] = [];
      await watchedRun({
        target: 'lexer',
        seed: 1,
        milliseconds: 60_000,
        inputs: 1,
        patience: 1_000,
        onProgress: () => {},
        onFinding: (finding) => void findings.push(finding),
        hangs: true,
      });
      expect(findings).to.deep.equal([
        { target: 'lexer', message: 'this input takes more than 1000 ms', input: 'an input that never ends' },
      ]);
    });
  });

  it('tries the same inputs for the same seed, and others for another', async () => {
    const inputs = async (seed: number): Promise<string[]> => (await found(parserTarget(), 40, seed)).begun;
    const first = await inputs(5);
    expect(await inputs(5)).to.deep.equal(first);
    expect(await inputs(6)).not.to.deep.equal(first);
  });

  it('damages texts and requests in many ways', () => {
    const chance = chanceOf(1, 1);
    const text = 'permit a: b on c\n  when d == 1\n';
    const request = '{"subject":{"type":"user","id":"alice"},"n":[1,true]}';
    const texts = new Set(Array.from({ length: 300 }, () => mutateText(chance, text, [text])));
    const requests = Array.from({ length: 300 }, () => mutateJson(chance, request, [request]));
    expect(texts.size).to.be.above(250);
    expect(new Set(requests).size).to.be.above(200);
    const isJson = (one: string): boolean => {
      try {
        JSON.parse(one);
        return true;
      } catch {
        return false;
      }
    };
    expect(requests.filter(isJson).length).to.be.within(100, 280);
    expect(requests.filter((one) => isJson(one) && hasRepeatedKey(one)).length).to.be.above(5);
  });

  it('makes an input small that fails', async () => {
    const small = await minimize(
      `${'x'.repeat(500)}(${'y'.repeat(300)})z`,
      async (one) => one.includes('(') && one.includes(')'),
      400,
    );
    expect(small).to.equal('()');
  });

  it('is a command with help and examples, and ends with a code for each outcome', () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(ROOT, 'test', 'fuzz', 'fuzz.ts'), ...args], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    const help = run('--help');
    expect([help.status, help.stderr]).to.deep.equal([0, '']);
    for (const name of TARGET_NAMES) expect(help.stdout).to.include(name);
    expect(help.stdout).to.include('Examples:').and.include('npm run fuzz -- --minutes 5');
    for (const args of [['--target', 'moon'], ['--minutes', 'many'], ['--minutes', ''], ['--what'], ['x']]) {
      const { status, stderr } = run(...args);
      expect([status, stderr.startsWith('error: ')], args.join(' ')).to.deep.equal([2, true]);
    }
    const short = run('--target', 'lexer', '--inputs', '20', '--seed', '3');
    expect(short.status, short.stdout + short.stderr).to.equal(0);
    expect(short.stdout).to.match(/^seed 3\nlexer: \d+ inputs, .*\nnothing found\n$/);
  });

  it('saves a finding with what is wrong and how to make it a test', () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-fuzz-'));
    try {
      const path = saveFinding(folder, { target: 'parser', message: 'Broken: this', input: 'let \u202e' });
      expect(readFileSync(path, 'utf8')).to.equal('let \u202e');
      expect(readFileSync(path.replace('.txt', '.message'), 'utf8'))
        .to.include('Broken: this')
        .and.include('test/fuzz/corpus/parser/');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
