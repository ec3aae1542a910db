import type { Clock, LossRegistry } from '../ports.ts';

/** Which dependencies are lost, in this process. `changed` is told of every change, not of repetitions. */
export function createLossRegistry(
  clock: Clock,
  changed: (dependency: string, lost: boolean) => void = () => {},
): LossRegistry {
  const since = new Map<string, number>();
  let current: ReadonlySet<string> = new Set();
  return {
    current: () => current,
    since: () => since,
    set(dependency, lost) {
      if (since.has(dependency) === lost) return;
      if (lost) since.set(dependency, clock.now());
      else since.delete(dependency);
      // A new set each time: a decision under way keeps the one that it began with.
      current = new Set(since.keys());
      changed(dependency, lost);
    },
  };
}
