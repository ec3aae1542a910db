import { formatFile } from '../../../src/dsl/format/format-file.ts';
import { loadBundle } from '../../../src/dsl/load-bundle.ts';
import { parseSource } from '../../../src/dsl/syntax/parse.ts';
import { agree, BothEvaluators, differences, hasUnavailable, outlineOf } from '../../support/decide-both.ts';
import { bundleText, generateBundle } from '../../support/generate-bundle.ts';
import type { Chance } from '../../support/generate-chance.ts';
import { generateScenario } from '../../support/generate-scenario.ts';
import { joinFiles, splitFiles } from '../files.ts';
import { mutateText } from '../mutate-text.ts';
import { chanceOf, hashOf } from '../numbers.ts';
import { bundleTexts, corpusOf } from '../seeds.ts';
import { promise, type Target } from '../target.ts';
import { checkFindings } from './syntax.ts';

/** A bundle that checks is asked so many questions. */
const QUESTIONS = 4;

/** Never throws; a bundle exactly when there is no error; and what it then decides is what the reference decides. */
export function checkerTarget(
  load = loadBundle,
  both = (bundle: ConstructorParameters<typeof BothEvaluators>[0]) => new BothEvaluators(bundle),
): Target {
  return {
    name: 'checker',
    seeds: [...corpusOf('checker').map(({ input }) => input), ...bundleTexts()],
    generate: (chance: Chance) => joinFiles(bundleText(generateBundle(chance).files)),
    mutate: mutateText,
    check(input) {
      const sources = splitFiles(input);
      const { bundle, diagnostics } = load(sources);
      checkFindings(diagnostics);
      const hasError = diagnostics.some((one) => one.severity === 'error');
      promise(hasError === (bundle === undefined), 'there is a bundle exactly when there is no error');
      if (bundle === undefined) return;
      const evaluators = both(bundle);
      if (bundle.triples.length === 0) return;
      const chance = chanceOf(hashOf(input), 1);
      for (let count = 0; count < QUESTIONS; count += 1) {
        const scenario = generateScenario(chance, bundle);
        const question = evaluators.question(scenario);
        const apart = differences(
          evaluators.compiledOutcomes(question),
          evaluators.interpretedOutcomes(question),
        );
        promise(apart.length === 0, `conditions have one meaning: ${apart[0] ?? ''}`);
        const [compiled, interpreted] = [
          outlineOf(evaluators.compiled(question)),
          outlineOf(evaluators.interpreted(question)),
        ];
        promise(
          agree(compiled, interpreted, hasUnavailable(scenario)),
          `compiled and reference agree: ${JSON.stringify(compiled)} and ${JSON.stringify(interpreted)}`,
        );
        const explained = evaluators.engine.explain(question.request, question.facts, question.circumstances);
        promise(
          JSON.stringify(outlineOf(explained.verdict)) === JSON.stringify(compiled),
          'explained as decided',
        );
      }
      // The canonical form means the same: it checks as well.
      const formatted = sources.map((source) => ({
        path: source.path,
        text: formatFile(parseSource(source).file),
      }));
      promise(load(splitFiles(joinFiles(formatted))).bundle !== undefined, 'what is formatted still checks');
    },
  };
}
