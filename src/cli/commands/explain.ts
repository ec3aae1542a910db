import { randomUUID } from 'node:crypto';
import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import { createEngine } from '../../engine/engine.ts';
import { renderExplanation } from '../../engine/explain/render.ts';
import { answerOf } from '../../server/decide/answer.ts';
import { statementText } from '../../server/facts/sql/show-statement.ts';
import { cacheLines, explainCache } from '../cache-explanation.ts';
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
  velro explain --cache request.json               whether its facts are kept, and how long

Says for each layer what came of it, which rule decided (file:line:column), the values it
read and what was missing; for a denial the changes that would permit, of which none can
be left out, or what cannot be changed. --sql decides nothing: it prints the one statement that
loads what such a question may read, with its parameters and what each column is for. --cache decides nothing either: it says
whether a server keeps the facts of such a question, how long and of what.`;

interface ExplainOptions extends QuestionOptions {
  readonly sql?: true;
  readonly cache?: true;
  readonly json?: true;
  readonly data?: string;
}

export const defineExplain: DefineCommand = (command, run) => {
  addQuestionOptions(command)
    .option('--json', 'the same as --format json')
    .option('--cache', 'say whether and how long the facts of a database are kept')
    .option('--sql', 'print the statement that loads the facts from the database')
    .option('--data <folder>', 'the data folder of the embedded database, for --sql without --database')
    .addHelpText('after', HELP)
    .action((path: string | undefined, options: ExplainOptions) =>
      run(() => workOf(options)(path, withFormat(options))),
    );
};

function workOf({ sql, cache }: ExplainOptions): typeof explain {
  if (sql === true && cache === true) throw new UsageError('ask for --sql or for --cache');
  return sql === true ? showSql : cache === true ? showCache : explain;
}

function withFormat(options: ExplainOptions): ExplainOptions {
  return options.json === true ? { ...options, format: 'json' } : options;
}

/** The question, and the bundle that declares it; undefined when the bundle has errors. */
async function prepareDeclared(
  path: string | undefined,
  options: ExplainOptions,
): Promise<{ readonly bundle: CheckedBundle; readonly prepared: PreparedRequest } | undefined> {
  const request = await readRequest(path, options);
  const loaded = await loadPolicies(options.policies);
  if (loaded === undefined) return undefined;
  const { bundle } = loaded;
  const prepared = createEngine(bundle).prepare(request);
  if (prepared.triple !== undefined) return { bundle, prepared };
  throw new UsageError(
    `no \`${request.action.name}\` on \`${request.resource.type}\` by \`${request.subject.type}\` is declared`,
  );
}

async function showCache(path: string | undefined, options: ExplainOptions): Promise<ExitCode> {
  const question = await prepareDeclared(path, options);
  const explained = question && explainCache(question.bundle, question.prepared);
  if (explained === undefined) return EXIT.findings;
  if (options.format === 'json') printJson(explained);
  else print(cacheLines(explained).join('\n'));
  return EXIT.fine;
}

async function showSql(path: string | undefined, options: ExplainOptions): Promise<ExitCode> {
  const question = await prepareDeclared(path, options);
  if (question === undefined) return EXIT.findings;
  const { bundle, prepared } = question;
  const statement = await factStatementOf(options, prepared, bundle);
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
