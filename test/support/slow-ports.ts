import type { Ports } from '../../src/server/ports.ts';

export function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Ports whose facts come once `wait` is over. */
export function slowFacts(wait: () => Promise<void>): (ports: Ports) => Ports {
  return (ports) => ({
    ...ports,
    facts: {
      size: () => undefined,
      async load(...args) {
        await wait();
        return ports.facts.load(...args);
      },
      async loadAll(...args) {
        await wait();
        return ports.facts.loadAll(...args);
      },
    },
  });
}
