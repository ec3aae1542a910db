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

/** Ports that note how many questions each look for facts was for. */
export function countedFacts(looks: number[]): (ports: Ports) => Ports {
  return (ports) => ({
    ...ports,
    facts: {
      size: () => undefined,
      load(...args) {
        looks.push(1);
        return ports.facts.load(...args);
      },
      loadAll(questions, bundle) {
        looks.push(questions.length);
        return ports.facts.loadAll(questions, bundle);
      },
    },
  });
}

/** Ports that cannot load any facts. */
export function failingFacts(ports: Ports): Ports {
  const fail = (): Promise<never> => Promise.reject(new Error('no connection'));
  return { ...ports, facts: { size: () => undefined, load: fail, loadAll: fail } };
}
