import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What runs on its own core until it is stopped. */
export interface PinnedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Ticks a second of the times in `/proc`: 100 on every Linux that there is. */
const TICKS = 100;

/**
 * Starts a command that may use this one core only. What it says goes nowhere: servers report as errors that whoever asked
 * went away, as they do when a round is over.
 */
export function startPinned(
  core: number,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  folder?: string,
): PinnedProcess {
  const child = spawn('taskset', ['--cpu-list', String(core), ...command], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    cwd: folder,
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    child,
    pid: child.pid ?? 0,
    async stop() {
      if (child.connected) child.disconnect();
      child.kill('SIGTERM');
      const cut = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(cut);
      process.off('exit', kill);
    },
  };
}

/** Seconds that a process, its threads included, has had a core to itself. */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; user and system time are the 12th and 13th field after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
