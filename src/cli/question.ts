import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { World } from '../dsl/builtins/builtin.ts';
import type { CheckedBundle } from '../dsl/check/bundle.ts';
import { type FactView, NO_FACTS } from '../engine/decide/facts.ts';
import type { AccessRequest, Circumstances, JsonObject, PreparedRequest } from '../engine/decide/types.ts';
import { createEngine } from '../engine/engine.ts';
import { DEFAULT_DATA, mediaKeyFile } from '../server/config/configuration.ts';
import { StartError } from '../server/config/start-error.ts';
import { decodeUtf8 } from '../server/decode-utf8.ts';
import { configuredSources } from '../server/media/configured-sources.ts';
import type { ActiveBundle } from '../server/ports.ts';
import { readDatabaseFacts } from './database-facts.ts';
import { DEFAULT_POLICIES } from './default-policies.ts';
import { readFacts } from './facts.ts';
import { entity, jsonObject, oneOf, several, time, wholeNumber } from './options.ts';
import { loadPolicies } from './policies.ts';
import { parseRequest } from './request.ts';
import { readStandardInput } from './standard-input.ts';
import { UsageError } from './usage-error.ts';

/** The options that `decide` and `explain` share: where policies and facts are, the question, and its circumstances. */
export interface QuestionOptions {
  readonly policies: string;
  readonly facts?: string;
  readonly database?: string;
  readonly format: 'text' | 'json';
  readonly subject?: { readonly type: string; readonly id: string };
  readonly action?: string;
  readonly resource?: { readonly type: string; readonly id: string };
  readonly context?: JsonObject;
  readonly subjectProperties?: JsonObject;
  readonly actionProperties?: JsonObject;
  readonly resourceProperties?: JsonObject;
  readonly now?: number;
  readonly risk?: number;
  readonly mode?: readonly string[];
  readonly override?: readonly string[];
  readonly exhausted?: readonly string[];
  readonly loss?: readonly string[];
}

/** Adds the shared options to a command. */
export function addQuestionOptions(command: Command): Command {
  return command
    .argument('[request]', 'a JSON file with subject, action, resource and context, or - for standard input')
    .option('--policies <path>', 'the bundle', DEFAULT_POLICIES)
    .option('--facts <file>', 'facts as JSON Lines {type, id, attributes}; without it the store is empty')
    .option('--database <url>', 'postgres://…: facts from the tables of this database instead of a file')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--subject <type:id>', 'who asks', entity)
    .option('--action <name>', 'what they want to do')
    .option('--resource <type:id>', 'on what', entity)
    .option('--context <json>', 'the circumstances, as a JSON object', jsonObject)
    .option('--subject-properties <json>', 'what the request supplies of the subject', jsonObject)
    .option('--action-properties <json>', 'attributes of the action', jsonObject)
    .option('--resource-properties <json>', 'what the request supplies of the resource', jsonObject)
    .option('--now <time>', 'the instant of the decision (default: the present)', time)
    .option('--risk <number>', 'the risk, instead of what the signals say', wholeNumber(0, 100))
    .option('--mode <name>', 'a mode that is on (several times)', several)
    .option('--override <name>', 'an override that is active for the subject (several times)', several)
    .option('--exhausted <limit>', 'a limit that has nothing left (several times)', several)
    .option('--loss <dependency>', 'a dependency that is lost (several times)', several);
}

/** A question ready to be asked of the engine. */
export interface Question {
  readonly active: ActiveBundle;
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
}

/** Loads policies and facts and prepares the request; undefined after findings were reported. */
export async function prepareQuestion(
  path: string | undefined,
  options: QuestionOptions,
): Promise<Question | undefined> {
  const request = await readRequest(path, options);
  const loaded = await loadPolicies(options.policies);
  if (loaded === undefined) return undefined;
  const { bundle, version, digest } = loaded;
  const engine = createEngine(bundle);
  const prepared = engine.prepare(request);
  const facts = await factsOf(options, prepared, bundle);
  if (facts === undefined) return undefined;
  const active = { engine, version, digest, loadedAt: Date.now() };
  return { active, request: prepared, facts, circumstances: circumstancesOf(options, bundle) };
}

async function factsOf(
  { facts, database }: QuestionOptions,
  request: PreparedRequest,
  bundle: CheckedBundle,
): Promise<FactView | undefined> {
  if (facts !== undefined && database !== undefined)
    throw new UsageError('--facts and --database exclude each other', 'facts come from one place');
  if (database !== undefined) return readDatabaseFacts({ database }, request, bundle);
  return facts === undefined ? NO_FACTS : readFacts(facts, bundle);
}

/** The request of a file or of options; misuse when it lacks something. */
export async function readRequest(
  path: string | undefined,
  options: QuestionOptions,
): Promise<AccessRequest> {
  const given =
    path === undefined
      ? undefined
      : parseRequest(path === '-' ? await readStandardInput() : await readText(path), path);
  const subject = options.subject ?? given?.subject;
  const action = options.action === undefined ? given?.action : { name: options.action };
  const resource = options.resource ?? given?.resource;
  if (subject === undefined || action === undefined || resource === undefined) {
    const missing = [
      subject ? '' : '--subject',
      action ? '' : '--action',
      resource ? '' : '--resource',
    ].filter(Boolean);
    throw new UsageError(
      `the request lacks ${missing.join(', ')}`,
      'give a JSON file, or --subject, --action and --resource',
    );
  }
  return {
    subject: { ...subject, properties: options.subjectProperties ?? given?.subject.properties },
    action: { ...action, properties: options.actionProperties ?? given?.action.properties },
    resource: { ...resource, properties: options.resourceProperties ?? given?.resource.properties },
    context: options.context ?? given?.context,
  };
}

async function readText(path: string): Promise<string> {
  try {
    const text = decodeUtf8(await readFile(path));
    if (typeof text === 'string') return text;
    throw new UsageError(`${path} is not UTF-8: see byte ${text.offset + 1}`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
    );
  }
}

function circumstancesOf(options: QuestionOptions, bundle: CheckedBundle): Circumstances {
  const losses = known('dependency', options.loss, bundle.losses.keys());
  const modes = new Set(known('mode', options.mode, bundle.modes.keys()));
  for (const loss of losses) {
    const mode = bundle.losses.get(loss);
    if (mode !== undefined) modes.add(mode);
  }
  const world: World = { now: options.now ?? Date.now(), sources: sourcesOf() };
  return {
    world,
    live: {
      risk: options.risk === undefined ? undefined : { low: options.risk, high: options.risk },
      modes,
      overrides: known('override', options.override, bundle.overrides.keys()),
      exhausted: known('limit', options.exhausted, bundle.limits.keys()),
      losses,
    },
  };
}

/** What a server with this environment would ask of the world. */
function sourcesOf(): World['sources'] {
  try {
    return configuredSources(mediaKeyFile(process.env, process.env['VELRO_DATA'] || DEFAULT_DATA));
  } catch (error) {
    if (error instanceof StartError) throw new UsageError(error.message);
    throw error;
  }
}

/** The names given, each of which the bundle must declare. */
function known(what: string, names: readonly string[] = [], declared: Iterable<string>): ReadonlySet<string> {
  const all = new Set(declared);
  for (const name of names) {
    if (!all.has(name))
      throw new UsageError(
        `the bundle declares no ${what} ${name}`,
        `declared: ${[...all].join(', ') || 'none'}`,
      );
  }
  return new Set(names);
}
