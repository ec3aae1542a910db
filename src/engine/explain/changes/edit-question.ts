import {
  emptyRecord,
  type Key,
  keyOf,
  type Outcome,
  type RecordValue,
  type Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import type { Question } from '../../decide/question.ts';
import type { LiveState } from '../../decide/types.ts';

/** A step into a value: an attribute of a record, or a key of a map. */
export type EditStep =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'key'; readonly value: Value };

/** Where a value stands that an edit replaces. */
export interface EditPlace {
  readonly root:
    | { readonly kind: 'context' | 'action' }
    | { readonly kind: 'supplied' | 'fact'; readonly reference: Reference };
  readonly steps: readonly EditStep[];
  /** What counts where nothing stands there: a default. */
  readonly otherwise: Outcome;
}

/** Gives what stands at a place after the edit. */
export type Update = (before: Outcome) => Outcome;

/** The same question in a world where one value is another. */
export function editPlace(question: Question, place: EditPlace, change: Update): Question {
  const { root, steps, otherwise } = place;
  const { request, facts } = question;
  const update: Update = (before) => change(before === undefined ? otherwise : before);
  switch (root.kind) {
    case 'context':
      return { ...question, request: { ...request, context: editRecord(request.context, steps, update) } };
    case 'action': {
      const actionAttributes = editRecord(request.actionAttributes, steps, update);
      return { ...question, request: { ...request, actionAttributes } };
    }
    case 'supplied': {
      const supplied = new Map(request.supplied);
      const { key } = root.reference;
      supplied.set(key, editRecord(supplied.get(key) ?? emptyRecord(), steps, update));
      return { ...question, request: { ...request, supplied } };
    }
    default: {
      const { type, id } = root.reference;
      const record = facts.record(type, id);
      if (record === null || record === undefined) return question;
      const edited = { attributes: editRecord(record.attributes, steps, update) };
      const view = {
        record: (t: string, i: string) => (t === type && i === id ? edited : facts.record(t, i)),
      };
      return { ...question, facts: view };
    }
  }
}

function editRecord(record: RecordValue, steps: readonly EditStep[], update: Update): RecordValue {
  return editIn(record, steps, 0, update) as RecordValue;
}

function editIn(value: Outcome, steps: readonly EditStep[], at: number, update: Update): Outcome {
  const step = steps[at];
  if (step === undefined) return update(value);
  if (step.kind === 'attribute') {
    const copy = emptyRecord();
    if (!isMissing(value)) Object.assign(copy, value);
    const edited = editIn(copy[step.name], steps, at + 1, update);
    if (edited === undefined) delete copy[step.name];
    else copy[step.name] = edited;
    return copy;
  }
  const before = value instanceof ValueMap ? value : new ValueMap(new Map(), new Map());
  const key = keyOf(step.value);
  const keys = new Map<Key, Value>(before.keys);
  const values = new Map<Key, Value | Unknown>(before.values);
  const edited = editIn(values.get(key), steps, at + 1, update);
  if (edited === undefined) {
    keys.delete(key);
    values.delete(key);
  } else {
    keys.set(key, step.value);
    values.set(key, edited);
  }
  return new ValueMap(keys, values, before.partial);
}

/** An update that puts an element into a set or list. */
export function adding(element: Value, kind: 'set' | 'list'): Update {
  return (before) => {
    if (kind === 'list') return [...itemsOf(before), element];
    const items = new Map<Key, Value>(before instanceof ValueSet ? before.items : []);
    items.set(keyOf(element), element);
    return new ValueSet(items, before instanceof ValueSet && before.partial);
  };
}

/** An update that takes an element out of a set or list; what is not known of the collection goes too. */
export function removing(element: Value, kind: 'set' | 'list'): Update {
  const key = keyOf(element);
  return (before) => {
    if (kind === 'list') {
      return itemsOf(before).filter((item): item is Value => item !== UNKNOWN && keyOf(item) !== key);
    }
    const items = new Map<Key, Value>(before instanceof ValueSet ? before.items : []);
    items.delete(key);
    return new ValueSet(items);
  };
}

function itemsOf(before: Outcome): readonly (Value | Unknown)[] {
  return Array.isArray(before) ? (before as readonly (Value | Unknown)[]) : [];
}

/** The same question where the store has a record that it had not. */
export function editRecordOf(question: Question, { type, id }: Reference, attributes: RecordValue): Question {
  const { facts } = question;
  const made = { attributes };
  const view = {
    record: (t: string, i: string) =>
      t === type && i === id ? (facts.record(t, i) ?? made) : facts.record(t, i),
  };
  return { ...question, facts: view };
}

/** The same question in another state of the world. */
export function editLive(question: Question, change: (live: LiveState) => Partial<LiveState>): Question {
  const { circumstances } = question;
  const live = { ...circumstances.live, ...change(circumstances.live) };
  return { ...question, circumstances: { ...circumstances, live } };
}

/** The same question at another time. */
export function editNow(question: Question, now: number): Question {
  const { circumstances } = question;
  return { ...question, circumstances: { ...circumstances, world: { ...circumstances.world, now } } };
}

/** The set without one of its elements. */
export function without(set: ReadonlySet<string>, element: string): ReadonlySet<string> {
  return new Set([...set].filter((one) => one !== element));
}
