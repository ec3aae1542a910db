import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bannerText, type DemoRequests } from '../../server/banner.ts';
import { readConfiguration } from '../../server/config/configuration.ts';
import { FindingsError, StartError } from '../../server/config/start-error.ts';
import { keepRequestsYoung } from '../../server/keep-requests-young.ts';
import { startServer } from '../../server/start-server.ts';
import { stopOnSignals } from '../../server/stop-on-signals.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';
import { notice, print, wantsColor } from '../terminal.ts';

interface ServeOptions {
  readonly policies: string;
  readonly facts?: string;
  readonly watch?: true;
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
}

const HELP = `
Examples:
  velro serve --facts demo/facts.jsonl --watch
  VELRO_DATABASE_URL=postgres://velro@localhost/app velro serve
                                           facts from the tables of a database
  PORT=8080 HOST=0.0.0.0 velro serve --policies /etc/velro/policies

With --watch or --facts the bundle in --policies answers. Otherwise the version that is active in the database does, see
velro publish; an empty database gets the bundle in --policies as its first version.

Environment: PORT (3010), HOST (127.0.0.1), VELRO_DATA (.velro: API key, emergency state, audit log, database),
VELRO_API_KEY (at least 32 characters; without it the first start creates a key in VELRO_DATA/key),
VELRO_DECIDE_KEY (a further key that is good for decisions only),
VELRO_DATABASE_URL (postgres://…; without it an embedded database in VELRO_DATA),
VELRO_POLICY_KEYS (files of public keys; then only policies that one of these signed are used).
SIGTERM stops gracefully: requests under way are answered.`;

export const defineServe: DefineCommand = (command, run) => {
  command
    .option('--policies <folder>', 'the bundle', DEFAULT_POLICIES)
    .option(
      '--facts <file>',
      'facts as JSON Lines {type, id, attributes}; without it they are in the database',
    )
    .option(
      '--watch',
      'load policies and facts again when they are edited; a broken edit is reported and not used',
    )
    .option('--port <number>', 'instead of PORT', wholeNumber(0, 65_535))
    .option('--host <address>', 'instead of HOST')
    .option('--data <folder>', 'instead of VELRO_DATA')
    .addHelpText('after', HELP)
    .action((options: ServeOptions) => run(() => serve(options)));
};

async function serve(options: ServeOptions): Promise<ExitCode> {
  try {
    const configuration = readConfiguration(process.env, options);
    const server = await startServer({
      configuration,
      policies: options.policies,
      facts: options.facts,
      watch: options.watch === true,
      report: notice,
      color: wantsColor(process.stderr),
    });
    // Facts of a file are in memory, and nobody waits for them. Not before all is loaded: code that was compiled under other
    // settings of V8, that of Node among it, would be compiled anew.
    if (options.facts === undefined) keepRequestsYoung();
    const stopped = stopOnSignals(server);
    const demo = await readDemo(options.facts);
    print(bannerText({ name: 'velro', server, data: configuration.data, policies: options.policies, demo }));
    await stopped;
    return EXIT.fine;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const isFinding = error instanceof FindingsError;
    notice(isFinding ? `${error.message}\nvelro cannot start` : `velro cannot start: ${error.message}`);
    return isFinding ? EXIT.findings : EXIT.misuse;
  }
}

/** The two requests to try that stand beside the facts, if any do. */
async function readDemo(facts: string | undefined): Promise<DemoRequests | undefined> {
  if (facts === undefined) return undefined;
  try {
    return JSON.parse(await readFile(join(dirname(facts), 'curl.json'), 'utf8')) as DemoRequests;
  } catch {
    return undefined;
  }
}
