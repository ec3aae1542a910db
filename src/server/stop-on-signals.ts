import type { RunningServer } from './start-server.ts';

/** Stops a server gracefully on SIGTERM and SIGINT; a second signal ends the process at once. Resolves once it has stopped. */
export function stopOnSignals(server: RunningServer): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      server.close().then(resolve, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
