import { randomUUID } from 'node:crypto';
import { renderExplanation } from '../../engine/explain/render.ts';
import { answerOf } from '../../server/decide/answer.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { addQuestionOptions, prepareQuestion, type QuestionOptions } from '../question.ts';
import { print, printJson, wantsColor } from '../terminal.ts';

const HELP = `
Examples:
  velro explain request.json --facts demo/facts.jsonl
  velro explain - --format json < request.json     the answer of POST /explain
  velro explain request.json --mode lockdown --risk 90

Says for each layer what came of it, which rule decided (file:line:column), the values it
read and what was missing; for a denial the changes that would permit, of which none can
be left out, or what cannot be changed.`;

export const defineExplain: DefineCommand = (command, run) => {
  addQuestionOptions(command)
    .addHelpText('after', HELP)
    .action((path: string | undefined, options: QuestionOptions) => run(() => explain(path, options)));
};

async function explain(path: string | undefined, options: QuestionOptions): Promise<ExitCode> {
  const question = await prepareQuestion(path, options);
  if (question === undefined) return EXIT.findings;
  const explanation = question.active.engine.explain(
    question.request,
    question.facts,
    question.circumstances,
  );
  if (options.format === 'json') {
    const { verdict, ...rest } = explanation;
    const answer = answerOf(randomUUID(), verdict, question.request, question.active, undefined);
    printJson({ ...answer, explanation: rest });
  } else {
    print(renderExplanation(explanation, { color: wantsColor() }));
  }
  return EXIT.fine;
}
