// Starts a Redis, says its process id on standard output, and waits to be killed.
import { startRedis } from './redis-server.ts';

const server = await startRedis();
process.stdout.write(`${server.pid}\n`);
setInterval(() => {}, 1_000);
