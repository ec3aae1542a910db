/** Where choices come from, such as a random generator of fast-check. */
interface Source {
  nextInt(least: number, most: number): number;
}

/** Choices drawn from a source of fast-check, so that a seed reproduces them. */
export class Chance {
  readonly #random: Source;

  constructor(random: Source) {
    this.#random = random;
  }

  /** A whole number, both ends included. */
  integer(least: number, most: number): number {
    return this.#random.nextInt(least, most);
  }

  /** True in about `percent` of 100 cases. */
  percent(percent: number): boolean {
    return this.integer(1, 100) <= percent;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[this.integer(0, list.length - 1)] as T;
  }

  /** `count` of the list (all, if it has fewer), in its order. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = list.map((_, index) => index);
    while (rest.length > count) rest.splice(this.integer(0, rest.length - 1), 1);
    return rest.map((index) => list[index] as T);
  }

  /** The list in any order. */
  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    const result: T[] = [];
    while (rest.length > 0) result.push(...rest.splice(this.integer(0, rest.length - 1), 1));
    return result;
  }

  /** One of the values, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.integer(
      1,
      choices.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, value] of choices) {
      left -= weight;
      if (left <= 0) return value;
    }
    throw new Error('no weight to choose by');
  }
}

/** Choices that a number fixes. */
export function saltedChance(salt: number): Chance {
  let state = salt;
  const nextInt = (least: number, most: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return least + ((state >>> 8) % (most - least + 1));
  };
  return new Chance({ nextInt });
}
