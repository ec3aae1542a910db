import type { ChildProcess } from 'node:child_process';

/** So long a process may take to stop before it is killed, in milliseconds. */
const GRACE = 5_000;

/** Resolves once a process has ended: to its exit code, or undefined if a signal ended it. */
export function ended(child: ChildProcess): Promise<number | undefined> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(child.exitCode ?? undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? undefined));
  });
}

/** Ends a process, and kills it if it does not stop in time; resolves once it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = ended(child);
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
  await gone;
  clearTimeout(kill);
}
