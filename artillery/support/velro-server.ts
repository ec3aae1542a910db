import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ended, stop } from './child.ts';
import { childEnvironment } from './child-environment.ts';
import { LoadError } from './load-error.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** So long it waits between two looks, in milliseconds. */
const PAUSE = 100;

export interface VelroServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface VelroServerOptions {
  readonly facts: string;
  readonly data: string;
  readonly key: string;
  readonly signal: AbortSignal;
}

/** Starts `velro serve` with the shipped policies on a free port; resolves once it is ready. */
export async function startVelroServer({
  facts,
  data,
  key,
  signal,
}: VelroServerOptions): Promise<VelroServer> {
  const args = [
    'bin/velro.mjs',
    'serve',
    '--policies',
    'policies',
    '--facts',
    facts,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    // The launcher of the command looks after a server whose parent is gone.
    env: childEnvironment({ VELRO_DATA: data, VELRO_API_KEY: key, VELRO_LAUNCHER: 'load' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let isGone = false;
  const gone = ended(child).finally(() => (isGone = true));
  gone.catch(() => undefined);
  try {
    for (;;) {
      signal.throwIfAborted();
      if (isGone)
        throw new LoadError(`velro serve ended with ${(await gone) ?? 'a signal'} before it was ready`);
      const url = /answers at (http:\S+)/.exec(output)?.[1];
      if (url !== undefined && (await isReady(url, signal))) return { url, stop: () => stop(child) };
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal });
  await response.arrayBuffer();
  return response.ok;
}
