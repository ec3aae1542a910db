import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '../../src/server/config/configuration.ts';
import type { Environment } from '../../src/server/config/environment.ts';
import type { ServerOptions } from '../../src/server/start-server.ts';
import { PATIENT } from './databases.ts';
import { SMALL_BUNDLE, writeSmallBundle } from './small-bundle.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** The small bundle with one more layer, of this version: each number is another content. */
export function smallBundleWith(number: number): Readonly<Record<string, string>> {
  return { ...SMALL_BUNDLE, 'extra.velro': extraLayer(number) };
}

export function extraLayer(version: number, rule = `extra_${version}`): string {
  return `layer 11 extra version ${version}\nforbid ${rule}: delete on document when true because "extra"\n`;
}

/** A server that answers by what is active in a PostgreSQL, with a data folder and a folder of policies of its own. */
export function startPolicyServer(
  url: string,
  environment: Environment = {},
  options: Partial<ServerOptions> & { readonly home?: string } = {},
): Promise<TestServer> {
  const { home = mkdtempSync(join(tmpdir(), 'velro-policies-')), ...rest } = options;
  if (options.home === undefined) writeSmallBundle(home);
  const configuration = readConfiguration(
    { ...PATIENT, VELRO_DATABASE_URL: url, VELRO_DATABASE_CONNECTIONS: '20', ...environment },
    { port: 0, data: join(home, 'data') },
  );
  return startTestServer({ facts: undefined, configuration, ...rest }, home);
}
