import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { PATIENT_START } from './patient-start.ts';

const BIN = fileURLToPath(new URL('../../bin/velro.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A `velro serve` in a process of its own: it may be starting, answering, or gone. */
export interface VelroProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once it has ended: to its exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Ends it; resolves to its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** One that has said where it answers. */
export interface RunningVelro extends VelroProcess {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The lines to paste. */
  readonly commands: readonly string[];
}

/** Spawns `velro serve` on a free port, or another program that takes its place, and waits for nothing. */
export function spawnVelro(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = ROOT,
  program = BIN,
): VelroProcess {
  const { VELRO_API_KEY: _key, VELRO_DATA: _data, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], {
    cwd,
    env: { ...inherited, NO_COLOR: '1', ...PATIENT_START, ...environment },
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
  // Once all that it said has been read.
  const gone = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: () => gone,
    signal: (name) => void child.kill(name),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return gone;
    },
  };
}

/** Spawns `velro serve`; resolves once it has said where it answers, and all else that it says at its start. */
export async function startVelro(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = ROOT,
  program = BIN,
): Promise<RunningVelro> {
  const velro = spawnVelro(args, environment, cwd, program);
  let code: number | null | undefined;
  void velro.ended().then((one) => {
    code = one;
  });
  let url: string | undefined;
  const hasStarted = (): boolean => {
    if (code !== undefined) throw new Error(`velro serve ended with ${code}: ${velro.stderr()}`);
    url = /answers at (http:\S+)[^]*openapi\.json[^]*\n$/.exec(velro.stdout())?.[1];
    return url !== undefined;
  };
  await eventually('an address', hasStarted, () => velro.stdout() + velro.stderr());
  const commands = velro
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('curl '));
  return { ...velro, url: url ?? '', commands };
}
