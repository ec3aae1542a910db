// Starts a PostgreSQL, says its process id and folder on standard output, and waits to be killed.
import { startPostgres } from './postgres-server.ts';

const server = await startPostgres();
process.stdout.write(`${server.pid()} ${server.folder}\n`);
setInterval(() => {}, 1_000);
