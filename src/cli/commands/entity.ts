import type { Command } from 'commander';
import type { StoredEntity } from '../../server/entities/entity-types.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { importFile } from '../import-entities.ts';
import { jsonObject, wholeNumber } from '../options.ts';
import { progressBar } from '../progress-bar.ts';
import { addRemoteOptions, callServer, type RemoteOptions } from '../remote.ts';
import { notice, print, printJson } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type EntityOptions = RemoteOptions & { readonly json?: true };
type PutOptions = EntityOptions & {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly ifMatch?: number;
  readonly create?: true;
};
type DeleteOptions = EntityOptions & { readonly ifMatch?: number };
type ListOptions = EntityOptions & { readonly limit: number; readonly cursor?: string };

const HELP = `
Examples:
  velro entity put user_group editors --attributes '{"parents": ["staff"]}'
  velro entity put user_group editors --attributes '{}' --if-match 17
                                    only if it is still as it was read
  velro entity get user_group editors
  velro entity delete user_group editors
  velro entity list user_group > groups.jsonl
  velro entity import groups.jsonl

An import stores batches of 1,000 lines, each as a whole or not at all, and ends with the first that cannot be
stored (exit code 1). A line is {"type", "id", "attributes"} or {"type", "id", "delete": true}.`;

export const defineEntity: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  const add = (name: string, description: string): Command =>
    addRemoteOptions(command.command(name).description(description)).option(
      '--json',
      'print JSON, as --format json does',
    );
  const named = (name: string, description: string): Command =>
    add(name, description)
      .argument('<type>', 'an entity that the bundle declares as stored')
      .argument('<id>', 'its id');
  named('put', 'write an entity, as a whole')
    .requiredOption('--attributes <json>', 'all its attributes', jsonObject)
    .option('--if-match <revision>', 'only if this is its revision', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--create', 'only if there is none')
    .action((type: string, id: string, options: PutOptions) => run(() => put(type, id, options)));
  named('get', 'show an entity').action((type: string, id: string, options: EntityOptions) =>
    run(async () => show(await callServer(options, 'GET', pathOf(type, id)), options)),
  );
  named('delete', 'delete an entity')
    .option('--if-match <revision>', 'only if this is its revision', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action((type: string, id: string, options: DeleteOptions) =>
      run(async () =>
        show(
          await callServer(options, 'DELETE', pathOf(type, id), undefined, { headers: conditions(options) }),
          options,
        ),
      ),
    );
  add('list', 'print all entities of a type as JSON Lines, which `import` reads; with --json one page')
    .argument('<type>', 'an entity that the bundle declares as stored')
    .option('--limit <number>', 'entities a page', wholeNumber(1, 1_000), 100)
    .option('--cursor <cursor>', '`next` of the page before')
    .action((type: string, options: ListOptions) => run(() => list(type, options)));
  add('import', 'write and delete many')
    .argument('<file>', 'JSON Lines, in the form of a file of facts')
    .action((file: string, options: EntityOptions) => run(() => importEntities(file, options)));
};

function pathOf(type: string, id: string): string {
  return `/entities/${encodeURIComponent(type)}/${encodeURIComponent(id)}`;
}

function conditions({ ifMatch }: DeleteOptions): Readonly<Record<string, string>> {
  return ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` };
}

function isJson({ json, format }: EntityOptions): boolean {
  return json === true || format === 'json';
}

async function put(type: string, id: string, options: PutOptions): Promise<ExitCode> {
  const { attributes, ifMatch, create } = options;
  if (ifMatch !== undefined && create === true)
    throw new UsageError('--if-match asks for an entity that is there, --create for none: give one of them');
  const headers = create === true ? { 'if-none-match': '*' } : conditions(options);
  return show(await callServer(options, 'PUT', pathOf(type, id), { attributes }, { headers }), options);
}

function show(answer: unknown, options: EntityOptions): ExitCode {
  if (isJson(options)) printJson(answer);
  else {
    const { type, id, attributes, revision, updatedAt } = answer as StoredEntity;
    print(`${type}:${id} (revision ${revision}, written ${updatedAt})`);
    print(JSON.stringify(attributes, null, 2));
  }
  return EXIT.fine;
}

interface Page {
  readonly entities: readonly StoredEntity[];
  readonly next?: string;
}

async function list(type: string, options: ListOptions): Promise<ExitCode> {
  const page = async (cursor: string | undefined): Promise<Page> => {
    const query = new URLSearchParams({
      limit: String(options.limit),
      ...(cursor !== undefined && { cursor }),
    });
    return (await callServer(
      options,
      'GET',
      `/entities/${encodeURIComponent(type)}?${query.toString()}`,
    )) as Page;
  };
  if (isJson(options)) {
    printJson(await page(options.cursor));
    return EXIT.fine;
  }
  let { cursor } = options;
  do {
    const { entities, next } = await page(cursor);
    for (const { id, attributes } of entities) print(JSON.stringify({ type, id, attributes }));
    cursor = next;
  } while (cursor !== undefined);
  return EXIT.fine;
}

async function importEntities(file: string, options: EntityOptions): Promise<ExitCode> {
  const bar = progressBar();
  try {
    const { stored, problem } = await importFile(file, options, (sent, size, lines) =>
      bar.show(sent, size, `${lines} lines stored`),
    );
    bar.clear();
    if (isJson(options)) printJson({ ...stored, ...(problem && { problem }) });
    else {
      const { lines, created, replaced, deleted } = stored;
      print(`${lines} lines stored: ${created} created, ${replaced} replaced, ${deleted} deleted`);
      for (const { line, pointer, message } of problem?.errors ?? [])
        notice(`${file}:${line ?? 0}: ${pointer === '' ? 'the line' : pointer.slice(1)} ${message}`);
      if (problem !== undefined) notice(`velro: ${problem.detail}`);
    }
    return problem === undefined ? EXIT.fine : EXIT.findings;
  } finally {
    bar.clear();
  }
}
