import type { About } from '../../dsl/builtins/builtin.ts';
import type { AttributeInfo } from '../../dsl/types/schema.ts';
import type { Outcome, RecordValue, Reference, ValueSet } from '../../dsl/types/values.ts';
import { UNKNOWN, type Unknown } from '../../dsl/types/values.ts';
import type { FactRecord, FactView } from '../decide/facts.ts';
import type { Circumstances, LiveState, PreparedRequest, Risk } from '../decide/types.ts';
import type { Recorder } from './recorder.ts';

/** Nothing is known of the risk: no comparison with it is certain unless all risks agree. */
const ANY_RISK: Risk = { low: 0, high: 100 };

/** More records than these are asked for again. */
const REMEMBERED_RECORDS = 8;

/** A closure of one entity. There are few in a decision. */
interface FollowedClosure {
  readonly attribute: AttributeInfo;
  readonly from: Reference;
  set: ValueSet | Unknown;
}

/** What one decision is about, and what it has found out so far. Every compiled condition is a function of it. */
export class DecisionInput {
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
  readonly subject: Reference;
  readonly resource: Reference;
  readonly action: RecordValue;
  readonly context: RecordValue;
  readonly live: LiveState;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What CASL calls the type of its subject: both types of the question. */
  readonly subjectType: string;
  /** Values of quantifiers' variables, by slot. */
  readonly locals: [Outcome, Outcome, Outcome] = [undefined, undefined, undefined];
  /** What is remembered of the values at paths, by the number of the path's memo (the first eight). */
  readonly valueFacts: unknown[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  /** The earliest instant at which a comparison that was made could turn out otherwise. */
  flipsAt = Number.POSITIVE_INFINITY;
  /** True once a record was asked for that could not be loaded. */
  unavailable = false;
  /**
   * True once a permit was asked whose two formulas may differ, since something that it asked for has no value. Where that
   * never was, what is not certainly true is not possible either.
   */
  metUnknown = false;
  /** Where explaining conditions write what they read. */
  recorder: Recorder | undefined = undefined;

  readonly #isNew: boolean;
  readonly #assessRisk: (input: DecisionInput) => Risk;
  #risk: Risk | undefined;
  #subjectRecord: FactRecord | null | undefined;
  #subjectLoaded = false;
  #resourceRecord: FactRecord | null | undefined;
  #resourceLoaded = false;
  #references: Reference[] | undefined;
  #records: (FactRecord | null | undefined)[] | undefined;
  #closures: FollowedClosure[] | undefined;

  constructor(
    request: PreparedRequest,
    facts: FactView,
    circumstances: Circumstances,
    subjectType: string,
    isNew: boolean,
    assessRisk: (input: DecisionInput) => Risk,
  ) {
    this.request = request;
    this.facts = facts;
    this.circumstances = circumstances;
    this.subject = request.subject;
    this.resource = request.resource;
    this.action = request.actionAttributes;
    this.context = request.context;
    this.live = circumstances.live;
    this.now = circumstances.world.now;
    this.subjectType = subjectType;
    this.#isNew = isNew;
    this.#assessRisk = assessRisk;
    this.#risk = circumstances.live.risk;
  }

  /** The record of a mapped or stored entity: `null` when there is none, `undefined` when that is not known. */
  record(reference: Reference): FactRecord | null | undefined {
    if (reference === this.subject) {
      if (!this.#subjectLoaded) {
        this.#subjectLoaded = true;
        this.#subjectRecord = this.#load(reference);
      }
      return this.#subjectRecord;
    }
    if (reference === this.resource) {
      if (!this.#resourceLoaded) {
        this.#resourceLoaded = true;
        this.#resourceRecord = this.#load(reference);
      }
      return this.#resourceRecord;
    }
    return this.#other(reference);
  }

  /** What the request supplies of an entity, if anything. */
  supplied(reference: Reference): RecordValue | undefined {
    const { supplied } = this.request;
    return supplied.size === 0 ? undefined : supplied.get(reference.key);
  }

  /** The key of a resource that does not exist yet. */
  get newKey(): string | undefined {
    return this.#isNew ? this.resource.key : undefined;
  }

  /** Whether it is a resource that does not exist yet, whose attributes the request supplies. */
  isNew(reference: Reference): boolean {
    return this.#isNew && reference.equals(this.resource);
  }

  /** Whether the request speaks of an entity: it names the subject and the resource, and may say more of others. */
  isGiven(reference: Reference): boolean {
    if (reference.equals(this.subject) || reference.equals(this.resource)) return true;
    const { supplied } = this.request;
    return supplied.size > 0 && supplied.has(reference.key);
  }

  /** The risk of the request; while the signals are asked, nothing is known of it. */
  risk(): Risk {
    if (this.#risk === undefined) {
      this.#risk = ANY_RISK;
      this.#risk = this.#assessRisk(this);
    }
    return this.#risk;
  }

  /** A closure's set, computed once a decision. */
  closure(attribute: AttributeInfo, from: Reference, compute: () => ValueSet | Unknown): ValueSet | Unknown {
    const closures = (this.#closures ??= []);
    for (const known of closures)
      if (known.attribute === attribute && known.from.equals(from)) return known.set;
    // A closure that is reached while it is computed knows nothing yet.
    const followed: FollowedClosure = { attribute, from, set: UNKNOWN };
    closures.push(followed);
    followed.set = compute();
    return followed.set;
  }

  /** For builtins that ask the world: whose decision this is. */
  about(): About {
    return { now: this.now, subject: this.subject, resource: this.resource, action: this.request.action };
  }

  /** Records beyond subject and resource are few; their references are found again as the same objects. */
  #other(reference: Reference): FactRecord | null | undefined {
    if (reference.equals(this.subject)) return this.record(this.subject);
    if (reference.equals(this.resource)) return this.record(this.resource);
    const references = (this.#references ??= []);
    for (let index = 0; index < references.length; index += 1) {
      if (references[index] === reference) return this.#records?.[index];
    }
    const record = this.#load(reference);
    if (references.length < REMEMBERED_RECORDS) {
      references.push(reference);
      (this.#records ??= []).push(record);
    }
    return record;
  }

  #load(reference: Reference): FactRecord | null | undefined {
    const record = this.facts.record(reference.type, reference.id);
    if (record === undefined) this.unavailable = true;
    return record;
  }
}

/** A compiled value expression. */
export type ValueOf = (input: DecisionInput) => Outcome;
/** A compiled condition, two-valued: *certainly* or *possibly* true. */
export type Predicate = (input: DecisionInput) => boolean;
