import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PATIENT_START } from './patient-start.ts';

const BIN = fileURLToPath(new URL('../../bin/velro.mjs', import.meta.url));

export interface VelroRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `velro` command to its end, in at most two minutes. */
export function runVelro(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** In place of the command of this checkout. */
    readonly program?: string;
  } = {},
): Promise<VelroRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.program ?? BIN, ...args], {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: '1', ...PATIENT_START, ...options.env },
      timeout: 120_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}
