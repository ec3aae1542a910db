import { emptyRecord } from '../../dsl/types/values.ts';
import type { FactRecord, FactView } from '../../engine/decide/facts.ts';
import type { LoadedFacts, LoadedRecord } from '../facts/sql/loaded-facts.ts';

/** What two parts of one state know together, as if one load had found it. */
export class PairedFacts implements FactView {
  readonly #subject: LoadedFacts;
  readonly #resource: LoadedFacts;
  /** Records that both know, put together. */
  #merged: Map<string, FactRecord> | undefined;

  constructor(subject: LoadedFacts, resource: LoadedFacts) {
    this.#subject = subject;
    this.#resource = resource;
  }

  record(type: string, id: string): FactRecord | null | undefined {
    const one = this.#subject.known(type, id);
    if (this.#resource === this.#subject) return one === undefined ? this.#subject.record(type, id) : one;
    const other = this.#resource.known(type, id);
    if (one === undefined || one === null) {
      if (other !== undefined && other !== null) return other;
      // Looked for in vain by either, or what requests supply.
      return one === null || other === null ? null : this.#subject.record(type, id);
    }
    if (other === undefined || other === null) return one;
    return this.#merge(type, id, one, other);
  }

  #merge(type: string, id: string, one: LoadedRecord, other: LoadedRecord): FactRecord {
    if (coversAll(one, other)) return one;
    if (coversAll(other, one)) return other;
    const key = `${type}:${id}`;
    let merged = this.#merged?.get(key);
    if (merged === undefined) {
      merged = mergeRecords(one, other);
      (this.#merged ??= new Map()).set(key, merged);
    }
    return merged;
  }
}

/** Whether everything that the other has read was read of the one too: most owners are read less than subjects. */
function coversAll(one: LoadedRecord, other: LoadedRecord): boolean {
  for (const name of one.unread) if (!other.unread.includes(name)) return false;
  return true;
}

/** One record of which two loads have read different attributes. */
export function mergeRecords(one: LoadedRecord, other: LoadedRecord): FactRecord {
  const attributes = emptyRecord();
  for (const name of Object.keys(one.attributes)) attributes[name] = one.attributes[name];
  for (const name of one.unread) if (!other.unread.includes(name)) attributes[name] = other.attributes[name];
  return { attributes };
}
