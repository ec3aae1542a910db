import type { ChildProcess } from 'node:child_process';

/** Lets the test run end while the process is there. */
export function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    (stream as { unref?: () => void } | null)?.unref?.();
}
