import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/** Told that something under one of the paths changed, and perhaps changed several times. */
export type OnChange = (paths: ReadonlySet<string>) => Promise<void>;

export interface FileWatch {
  close(): Promise<void>;
}

/** A change is acted upon once nothing more has happened for so many milliseconds: editors write in several steps. */
const QUIET_FOR = 100;
/** Whatever happens, a change waits no longer than so many milliseconds. */
const LONGEST_WAIT = 500;
/** Milliseconds between two looks at what the system does not tell. */
const POLLING_INTERVAL = 250;

/**
 * Watches files and folders (with all below them) until closed, also when they are away for a while; `roots` are told by
 * the path that was given.
 */
export async function watchFiles(roots: readonly string[], onChange: OnChange): Promise<FileWatch> {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;
  let running = Promise.resolve();
  let closed = false;

  const run = (): void => {
    timer = undefined;
    const paths = new Set(changed);
    changed.clear();
    running = running.then(() => (closed ? undefined : onChange(paths)));
  };
  const note = (path: string): void => {
    const root = roots.find((one) => isBelow(path, one));
    if (root === undefined || closed) return;
    const now = performance.now();
    if (changed.size === 0) firstAt = now;
    changed.add(root);
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, Math.min(QUIET_FOR, firstAt + LONGEST_WAIT - now)));
  };

  const watches = await Promise.all(roots.map((root) => watchRoot(root, note)));
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await Promise.all(watches.map((one) => one.close()));
      await running;
    },
  };
}

/** Watches one file or folder, which may go away and come back. */
async function watchRoot(root: string, note: (path: string) => void): Promise<FileWatch> {
  let closed = false;
  let usePolling = false;
  const open = async (): Promise<FSWatcher> => {
    const opened = await start(root, usePolling, note);
    opened.on('error', () => {
      // The system has no more watches to give: look for ourselves.
      if (closed || usePolling) return;
      usePolling = true;
      reopen();
    });
    return opened;
  };
  let watcher = open();
  const reopen = (): void => {
    watcher = watcher.then(async (old) => {
      await old.close();
      if (closed) return old;
      const opened = await open();
      note(root);
      return opened;
    });
  };

  // What was away is another file when it is back, and a watch on the old one tells of nothing any more.
  let known = await identityOf(root);
  const look = async (): Promise<void> => {
    const found = await identityOf(root);
    const isAnother = found !== undefined && found !== known;
    known = found;
    if (isAnother && !closed) reopen();
  };
  const looking = setInterval(() => void look(), POLLING_INTERVAL);
  looking.unref();

  await watcher;
  return {
    async close() {
      closed = true;
      clearInterval(looking);
      await (await watcher).close();
    },
  };
}

/** Tells what stands at a path apart from what stood there before; undefined when there is nothing. */
function identityOf(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ dev, ino, birthtimeMs }) => `${dev}:${ino}:${birthtimeMs}`,
    () => undefined,
  );
}

async function start(root: string, usePolling: boolean, note: (path: string) => void): Promise<FSWatcher> {
  const watcher = watch(root, {
    ignoreInitial: true,
    usePolling,
    interval: POLLING_INTERVAL,
  });
  watcher.on('all', (_event, path) => note(path));
  await new Promise<void>((done) => {
    watcher.once('ready', done).once('error', () => done());
  });
  return watcher;
}

function isBelow(path: string, root: string): boolean {
  const [inner, outer] = [resolve(path), resolve(root)];
  return inner === outer || inner.startsWith(`${outer}/`) || inner.startsWith(`${outer}\\`);
}
