import { watch } from 'chokidar';

/** How long a burst of edits may last before it counts as over, in milliseconds. */
const QUIET_TIME = 100;

/** Yields at once, and then once after every burst of edits below a path. */
export async function* watchPolicies(path: string): AsyncGenerator<void, void, void> {
  let timer: NodeJS.Timeout | undefined;
  let edited = Promise.withResolvers<void>();
  const watcher = watch(path, {
    ignoreInitial: true,
    ignored: (file, stats) => stats?.isFile() === true && !file.endsWith('.velro'),
  });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => edited.resolve(), QUIET_TIME);
  });
  try {
    yield;
    for (;;) {
      await edited.promise;
      edited = Promise.withResolvers<void>();
      yield;
    }
  } finally {
    clearTimeout(timer);
    await watcher.close();
  }
}
