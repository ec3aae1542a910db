import { randomUUID } from 'node:crypto';
import { createEngine } from '../../engine/engine.ts';
import { renderExplanation } from '../../engine/explain/render.ts';
import { answerOf } from '../../server/decide/answer.ts';
import { statementText } from '../../server/facts/sql/show-statement.ts';
import type { DefineCommand } from '../command.ts';
import { factStatementOf } from '../database-facts.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { loadPolicies } from '../policies.ts';
import { addQuestionOptions, prepareQuestion, type QuestionOptions, readRequest } from '../question.ts';
import { print, printJson, wantsColor } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `
Examples:
  velro explain request.json --facts demo/facts.jsonl
  velro explain - --format json < request.json     the answer of POST /explain
  velro explain request.json --mode lockdown --risk 90
  velro explain request.json --database postgres://velro@localhost/app
  velro explain --sql request.json                 the statement that loads the facts
  velro explain --sql --json request.json          the same for machines

Says for each layer what came of it, which rule decided (file:line:column), the values it
read and what was missing; for a denial the changes that would permit, of which none can
be left out, or what cannot be changed. --sql decides nothing: it prints the one statement that
loads what such a question may read, with its parameters and what each column is for.`;

interface ExplainOptions extends QuestionOptions {
  readonly sql?: true;
  readonly json?: true;
  readonly data?: string;
}

export const defineExplain: DefineCommand = (command, run) => {
  addQuestionOptions(command)
    .option('--json', 'the same as --format json')
    .option('--sql', 'print the statement that loads the facts from the database')
    .option('--data <folder>', 'the data folder of the embedded database, for --sql without --database')
    .addHelpText('after', HELP)
    .action((path: string | undefined, options: ExplainOptions) =>
      run(() => (options.sql === true ? showSql : explain)(path, withFormat(options))),
    );
};

function withFormat(options: ExplainOptions): ExplainOptions {
  return options.json === true ? { ...options, format: 'json' } : options;
}

async function showSql(path: string | undefined, options: ExplainOptions): Promise<ExitCode> {
  const request = await readRequest(path, options);
  const loaded = await loadPolicies(options.policies);
  if (loaded === undefined) return EXIT.findings;
  const prepared = createEngine(loaded.bundle).prepare(request);
  if (prepared.triple === undefined)
    throw new UsageError(
      `no \`${request.action.name}\` on \`${request.resource.type}\` by \`${request.subject.type}\` is declared`,
    );
  const statement = await factStatementOf(options, prepared, loaded.bundle);
  if (options.format === 'json') printJson({ statements: statement === undefined ? [] : [statement] });
  else
    print(
      statement === undefined ? '-- nothing is loaded: no rule asks for a fact' : statementText(statement),
    );
  return EXIT.fine;
}

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
