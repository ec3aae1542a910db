// Serves policies and facts from a process of its own, so that a test can kill it: `serve-child POLICIES FACTS DATA`.
// Says the address on standard output and stops on SIGTERM.
import { readConfiguration } from '../../src/server/config/configuration.ts';
import { startServer } from '../../src/server/start-server.ts';
import { stopOnSignals } from '../../src/server/stop-on-signals.ts';

const [policies = '', facts = '', data = ''] = process.argv.slice(2);
const configuration = readConfiguration({}, { port: 0, data });
const server = await startServer({ configuration, policies, facts, watch: false });
process.stdout.write(`${server.url}\n`);
await stopOnSignals(server);
