import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { DEFAULT_DATA, DEFAULT_HOST, DEFAULT_PORT, dataPaths } from '../server/config/configuration.ts';
import type { PolicyFinding } from '../server/http/schemas/policy-schema.ts';
import { oneOf } from './options.ts';
import { UsageError } from './usage-error.ts';

/** Which server is meant. */
export interface ServerOptions {
  readonly url?: string;
  readonly data?: string;
}

/** The options of commands that talk to a running server. */
export interface RemoteOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

/** How long a server may take to answer unless a command says otherwise, in milliseconds. */
const PATIENCE = 10_000;

/** What else goes with a call: headers, and how long an answer may take, in milliseconds. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly patience?: number;
}

/** The server refused, with a problem document. */
export class ServerRefusal extends UsageError {
  override readonly name = 'ServerRefusal';
  readonly code: string | undefined;
  /** What it found in policies. */
  readonly findings: readonly PolicyFinding[];

  constructor(message: string, help: string | undefined, answer: unknown) {
    super(message, help);
    const { code, findings = [] } = (answer ?? {}) as {
      readonly code?: string;
      readonly findings?: readonly PolicyFinding[];
    };
    this.code = code;
    this.findings = findings;
  }
}

/** Adds the options that say which server is meant. */
export function addRemoteOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the server (default: VELRO_URL, else this machine at PORT or 3010)')
    .option(
      '--data <folder>',
      'the data folder with the API key (default: VELRO_DATA or .velro); VELRO_API_KEY goes first',
    )
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text');
}

/** Calls the server and gives its JSON; a refusal or no answer is misuse, in the server's own words. */
export async function callServer(
  options: ServerOptions,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Readonly<Record<string, unknown>>,
  { headers = {}, patience = PATIENCE }: CallOptions = {},
): Promise<unknown> {
  const url = new URL(path, baseUrl(options));
  const response = await request(url, method, await apiKey(options), body, headers, patience);
  const text = await response.text();
  const answer = parse(text);
  if (response.ok) return answer;
  throw new ServerRefusal(
    `${url.origin} answered ${response.status}: ${reasonOf(answer) ?? response.statusText}`,
    response.status === 401 ? 'set VELRO_API_KEY, or --data to the folder that holds the key' : undefined,
    answer,
  );
}

/** What a problem document says: where it names places, what is wrong with them. */
function reasonOf(answer: unknown): string | undefined {
  const { title, detail, errors } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    readonly title?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  };
  if (errors === undefined || errors.length === 0) return detail ?? title;
  return errors.map(({ pointer, message }) => `${pointer.replace(/^[/?]/, '')} ${message}`).join('; ');
}

async function request(
  url: URL,
  method: string,
  key: string,
  body: object | undefined,
  headers: Readonly<Record<string, string>>,
  patience: number,
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    throw noServer(url, (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message);
  }
}

/** That nobody answers there. */
export function noServer(url: URL, cause: string): UsageError {
  return new UsageError(
    `no server answers at ${url.origin} (${cause})`,
    'start one with `velro serve`, or name it with --url',
  );
}

/** Where the server is. */
export function baseUrl(options: ServerOptions): string {
  const given = options.url ?? process.env['VELRO_URL'];
  if (given === undefined) return `http://${DEFAULT_HOST}:${process.env['PORT'] || DEFAULT_PORT}`;
  if (!URL.canParse(given))
    throw new UsageError(`${given} is no URL`, `such as http://${DEFAULT_HOST}:${DEFAULT_PORT}`);
  return given;
}

/** The API key that goes with every request. */
export async function apiKey(options: ServerOptions): Promise<string> {
  if (process.env['VELRO_API_KEY']) return process.env['VELRO_API_KEY'];
  const { key } = dataPaths(options.data ?? (process.env['VELRO_DATA'] || DEFAULT_DATA));
  try {
    return (await readFile(key, 'utf8')).trim();
  } catch {
    throw new UsageError(
      `there is no API key in ${key}`,
      'the first start of the server creates it; or set VELRO_API_KEY',
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
