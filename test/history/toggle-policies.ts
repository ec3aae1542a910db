import { setTimeout as delay } from 'node:timers/promises';
import type { ActivePolicies } from '../support/history-check.ts';
import type { Policy } from '../support/history-scene.ts';
import type { Write } from '../support/written-value.ts';
import { ACTOR, type HistoryEnvironment } from './environment.ts';

/** Milliseconds between two changes, at most. */
const PAUSE = 12_000;

export interface PolicyToggling {
  readonly policies: ActivePolicies;
  run(random: () => number, isOver: () => boolean): Promise<void>;
}

/** Activates and rolls back two versions in turn, and keeps which of them was active when. */
export function togglePolicies(
  { service, store, versions }: HistoryEnvironment,
  bound: number,
): PolicyToggling {
  const writes: Write<Policy>[] = [];
  const nameOf = (version: number): Policy => (version === versions.strict.version ? 'strict' : 'whole');
  let active: Policy = 'whole';

  /** Which version is active, asked until the database says it. */
  const readBack = async (): Promise<Policy> => {
    for (;;) {
      try {
        const head = await store.head();
        if (head !== undefined) return nameOf(head.version);
      } catch {
        // It is asked again.
      }
      await delay(50);
    }
  };
  return {
    policies: {
      byDigest: new Map([
        [versions.whole.digest, 'whole'],
        [versions.strict.digest, 'strict'],
      ]),
      active: { first: 'whole', writes },
      bound,
    },
    async run(random, isOver) {
      while (!isOver()) {
        await delay(PAUSE * random());
        const next: Policy = active === 'whole' ? 'strict' : 'whole';
        const begin = performance.now();
        try {
          // Going back from the strict one leads to the whole one, whoever activated what before.
          if (next === 'whole' && random() < 0.5) await service.rollback(versions.strict.version, ACTOR);
          else await service.activate(versions[next].version, ACTOR);
          writes.push({ value: next, begin, end: performance.now() });
          active = next;
        } catch {
          const found = await readBack();
          writes.push({ value: next, begin, end: performance.now() });
          if (found !== next) writes.push({ value: found, begin, end: performance.now() });
          active = found;
        }
      }
    },
  };
}
