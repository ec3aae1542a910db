import type { FactChange } from '../store/schema/fact-change.ts';
import { type Snapshot, sees } from './snapshot.ts';

/** What a tag names: one record, found or looked for in vain. */
export function tagOf(type: string, id: string): string {
  return `${type}:${id}`;
}

/** Of which records a change tells: one, all of a type (its name alone, in which no colon stands), or all. */
function placeOf({ type, id }: Pick<FactChange, 'type' | 'id'>): string {
  return type === undefined ? '' : id === undefined ? type : tagOf(type, id);
}

/** When and by what facts were loaded that are to be kept. */
export interface Loading {
  readonly snapshot: Snapshot;
  /** How many changes were known when it began. */
  readonly since: number;
  /** Whether it asked the server that sends the notifications, and not a replica of it. */
  readonly isPrimary: boolean;
}

interface Known {
  readonly place: string;
  readonly transaction: bigint;
  readonly position: number;
}

/** The changes of one place, in the order in which they were told of, and the highest number that a transaction of theirs had. */
interface Changes {
  readonly list: Known[];
  highest: bigint;
}

/**
 * The changes that notifications told of, the newest of them one by one. What is forgotten raises a floor: then only those
 * facts may be kept that certainly saw everything that is forgotten, because every older transaction is seen by their
 * snapshot, or because the server that told of the changes was asked after it had told of them.
 */
export class ChangeHistory {
  readonly #most: number;
  /** Oldest first; those before `#first` are forgotten. */
  #changes: Known[] = [];
  #first = 0;
  readonly #byPlace = new Map<string, Changes>();
  #position = 0;
  #floor = { transaction: -1n, position: 0 };
  /** Of transactions up to this one some may have been missed, before anything was loaded that is to be kept. */
  #missed = -1n;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many changes are known. */
  get position(): number {
    return this.#position;
  }

  note(change: FactChange): void {
    const known: Known = {
      place: placeOf(change),
      transaction: change.transaction,
      position: (this.#position += 1),
    };
    const same = this.#byPlace.get(known.place);
    if (same === undefined) this.#byPlace.set(known.place, { list: [known], highest: known.transaction });
    else {
      same.list.push(known);
      if (known.transaction > same.highest) same.highest = known.transaction;
    }
    this.#changes.push(known);
    if (this.#changes.length - this.#first > this.#most) this.#forgetOldest();
  }

  /**
   * Some changes may not have been told of: all of their transactions are before this one, and were over before any loading
   * began that this is asked about. A replica need not have shown them yet. What was told of since stays known.
   */
  missed(before: bigint): void {
    if (before - 1n > this.#missed) this.#missed = before - 1n;
  }

  /** Whether facts that were loaded so may lack a change of one of these records that was told of. */
  mayHide(tags: Iterable<string>, types: Iterable<string>, loading: Loading): boolean {
    const { snapshot, since, isPrimary } = loading;
    if (!isPrimary && snapshot.xmin <= this.#missed) return true;
    const isAboveFloor =
      snapshot.xmin > this.#floor.transaction || (isPrimary && since >= this.#floor.position);
    if (!isAboveFloor || this.#hides('', snapshot)) return true;
    for (const type of types) if (this.#hides(type, snapshot)) return true;
    for (const tag of tags) if (this.#hides(tag, snapshot)) return true;
    return false;
  }

  #hides(place: string, snapshot: Snapshot): boolean {
    const changes = this.#byPlace.get(place);
    // As a rule all of them are over for long.
    if (changes === undefined || changes.highest < snapshot.xmin) return false;
    return changes.list.some(({ transaction }) => !sees(snapshot, transaction));
  }

  #forgetOldest(): void {
    const oldest = this.#changes[this.#first] as Known;
    this.#first += 1;
    if (this.#first > this.#most) {
      this.#changes = this.#changes.slice(this.#first);
      this.#first = 0;
    }
    const { list } = this.#byPlace.get(oldest.place) as Changes;
    // They were noted in this order.
    list.shift();
    if (list.length === 0) this.#byPlace.delete(oldest.place);
    const { transaction } = oldest;
    this.#floor = {
      transaction: transaction > this.#floor.transaction ? transaction : this.#floor.transaction,
      position: oldest.position,
    };
  }
}
