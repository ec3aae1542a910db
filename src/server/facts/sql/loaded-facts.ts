import type { Schema } from '../../../dsl/types/schema.ts';
import type { Outcome } from '../../../dsl/types/values.ts';
import type { FactView } from '../../../engine/decide/facts.ts';

/** A record that is added to while rows are read. */
export interface LoadedRecord {
  readonly attributes: { [attribute: string]: Outcome };
  /** Attributes that the store may hold and nobody asked for. */
  unread: readonly string[];
}

/** More records than these are found by a map. */
const FEW = 12;

/** The records that statements found, or looked for in vain; of any other nothing is known. */
export class LoadedFacts implements FactView {
  readonly #schema: Schema;
  readonly #types: string[] = [];
  readonly #ids: string[] = [];
  readonly #records: (LoadedRecord | null)[] = [];
  #positions: Map<string, number> | undefined;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  record(type: string, id: string): LoadedRecord | null | undefined {
    const position = this.#find(type, id);
    if (position !== -1) return this.#records[position];
    // No store keeps records of what requests supply.
    return this.#schema.entities.get(type)?.storage === 'supplied' ? null : undefined;
  }

  /** What is known of a record so far: null where it was looked for in vain. */
  known(type: string, id: string): LoadedRecord | null | undefined {
    const position = this.#find(type, id);
    return position === -1 ? undefined : this.#records[position];
  }

  /** A record that was found, or null for one that was not; what was found stays. */
  add(type: string, id: string, record: LoadedRecord | null): void {
    const position = this.#find(type, id);
    if (position !== -1) {
      this.#records[position] ??= record;
      return;
    }
    const next = this.#types.push(type) - 1;
    this.#ids.push(id);
    this.#records.push(record);
    if (this.#positions !== undefined) this.#positions.set(`${type}:${id}`, next);
    else if (next >= FEW)
      this.#positions = new Map(this.#types.map((one, at) => [`${one}:${this.#ids[at]}`, at]));
  }

  /** Everything that is known. */
  *entries(): Generator<{
    readonly type: string;
    readonly id: string;
    readonly record: LoadedRecord | null;
  }> {
    for (let at = 0; at < this.#ids.length; at += 1)
      yield {
        type: this.#types[at] as string,
        id: this.#ids[at] as string,
        record: this.#records[at] as LoadedRecord | null,
      };
  }

  #find(type: string, id: string): number {
    if (this.#positions !== undefined) return this.#positions.get(`${type}:${id}`) ?? -1;
    for (let at = 0; at < this.#ids.length; at += 1)
      if (this.#types[at] === type && this.#ids[at] === id) return at;
    return -1;
  }
}
