import { randomUUID } from 'node:crypto';
import { answerOf } from '../../server/decide/answer.ts';
import type { Decision } from '../../server/http/schemas/access-schema.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { addQuestionOptions, prepareQuestion, type QuestionOptions } from '../question.ts';
import { colorsFor, print, printJson } from '../terminal.ts';

const HELP = `
Examples:
  velro decide request.json --facts demo/facts.jsonl
  velro decide --subject user:ID --action read --resource generation:ID --context '{"tls": true}'
  velro decide request.json --database postgres://velro@localhost/app
  velro decide request.json --exit-code && deploy

A denial is an answer, so the exit code is 0; --exit-code makes it 1.`;

export const defineDecide: DefineCommand = (command, run) => {
  addQuestionOptions(command)
    .option('--exit-code', 'exit with 1 when the request is denied')
    .addHelpText('after', HELP)
    .action((path: string | undefined, options: QuestionOptions & { exitCode?: true }) =>
      run(() => decide(path, options)),
    );
};

async function decide(
  path: string | undefined,
  options: QuestionOptions & { exitCode?: true },
): Promise<ExitCode> {
  const question = await prepareQuestion(path, options);
  if (question === undefined) return EXIT.findings;
  const { active, request, facts, circumstances } = question;
  const verdict = active.engine.decide(request, facts, circumstances);
  const answer = answerOf(randomUUID(), verdict, request, active, undefined);
  if (options.format === 'json') printJson(answer);
  else print(textOf(answer));
  return options.exitCode === true && !verdict.permitted ? EXIT.findings : EXIT.fine;
}

/** The answer for people: the verdict, its reason, and what the answer says besides. */
function textOf({ decision, context }: Decision): string {
  const color = colorsFor();
  const cause = context.rule === undefined ? (context.claim ?? '') : `${context.layer}.${context.rule}`;
  const lines = [
    decision
      ? color.green('permit')
      : `${color.red('deny')}${cause === '' ? '' : ` by ${cause}`}: ${context.reason}`,
    ...Object.entries(context.claims ?? {}).map(([claim, rule]) => `  ${claim} by ${rule}`),
  ];
  if (context.advice !== undefined)
    lines.push(`  advice: ${context.advice.name} ${JSON.stringify(context.advice.arguments)}`);
  for (const what of ['missing', 'ignored', 'illTyped'] as const) {
    const paths = context[what] as readonly string[] | undefined;
    if (paths !== undefined) lines.push(`  ${LABELS[what]}: ${paths.join(', ')}`);
  }
  return lines.join('\n');
}

const LABELS = { missing: 'missing', ignored: 'sent and not used', illTyped: 'of the wrong type' } as const;
