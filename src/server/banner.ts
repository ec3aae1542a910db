import { join } from 'node:path';
import type { RunningServer } from './start-server.ts';

/** Two questions to try, as bodies of `POST /decide`; the string `$NOW` stands for the time of asking. */
export interface DemoRequests {
  readonly permitted: unknown;
  readonly denied: unknown;
}

export interface BannerOptions {
  readonly name: string;
  readonly server: Pick<RunningServer, 'url' | 'keyFile' | 'policy' | 'database'>;
  /** The data folder as the operator gave it. */
  readonly data: string;
  readonly policies: string;
  readonly demo?: DemoRequests | undefined;
}

/** What a terminal shows when the server is up: where it is, where the key is, and two commands to paste. */
export function bannerText({ name, server, data, policies, demo }: BannerOptions): string {
  const { layers, version, digest, published } = server.policy;
  const origin = published === undefined ? policies : `version ${published} in the database`;
  const keyPlace = server.keyFile === undefined ? 'VELRO_API_KEY of the environment' : join(data, 'key');
  const lines = [
    `${name} answers at ${server.url}`,
    `  policies  ${origin}, ${layers} layers, version ${version}, ${digest.slice(0, 19)}`,
    `  API key   ${keyPlace}`,
    `  database  ${server.database}`,
    `  routes    ${server.url}/openapi.json`,
  ];
  if (demo !== undefined) {
    // The whole path: the other terminal may be anywhere.
    const key = server.keyFile === undefined ? '$VELRO_API_KEY' : `$(cat ${word(server.keyFile)})`;
    lines.push('', 'A request that is permitted:', '', curlCommand(server.url, key, demo.permitted));
    lines.push('', 'One that is denied, and why:', '', curlCommand(server.url, key, demo.denied));
  }
  return `${lines.join('\n')}\n`;
}

/** One line for sh, bash and zsh. `key` is spelled for between double quotes. */
export function curlCommand(url: string, key: string, body: unknown): string {
  const json = quoted(JSON.stringify(body)).replaceAll('"$NOW"', `"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"`);
  const headers = `-H "Authorization: Bearer ${key}" -H 'Content-Type: application/json'`;
  return `curl -sS -w '\\n' ${headers} -d ${json} ${word(`${url}/decide`)}`;
}

/** A word of the shell that stands for exactly this text. */
function word(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
