import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/velro.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A `velro serve` in a process of its own. */
export interface RunningVelro {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Ends it with SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `velro serve` on a free port; resolves once it has said where it answers. */
export async function startVelro(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = ROOT,
): Promise<RunningVelro> {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /answers at (http:\S+)/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', look);
    child.on('exit', (code) => reject(new Error(`velro serve ended with ${code}: ${stderr}`)));
  });
  return { url, stdout: () => stdout, stderr: () => stderr, stop: () => stop(child) };
}

function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}
