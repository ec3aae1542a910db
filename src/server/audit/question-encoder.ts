import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import { STRING } from '../../dsl/types/types.ts';
import type { Outcome, RecordValue, Reference } from '../../dsl/types/values.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import {
  below,
  type EncoderTools,
  fieldEncoder,
  RecordEncoder,
  type ValueEncoder,
} from './record-encoder.ts';
import type { JsonRecord, Redaction } from './redact.ts';
import type { ValueHash } from './value-hash.ts';

type Attributes = Triple['contextAttributes'];

const NO_ATTRIBUTES: Attributes = new Map();

/** How what requests of one kind say is encoded. */
interface KindEncoder {
  readonly action: RootEncoder;
  readonly subject: RootEncoder;
  readonly resource: RootEncoder;
  readonly context: RecordEncoder;
}

/**
 * Makes JSON of what questions say, as far as the schema knows it, redacted as the policy wants it: undeclared fields,
 * which no policy could redact, never get here.
 */
export class QuestionEncoder {
  readonly #bundle: CheckedBundle;
  readonly #tools: EncoderTools;
  /** By `Triple.index`. */
  readonly #kinds: (KindEncoder | undefined)[] = [];
  /** Of what nobody declared, only names and ids are known. */
  readonly #undeclared: KindEncoder;

  constructor(bundle: CheckedBundle, hashValue: ValueHash) {
    this.#bundle = bundle;
    this.#tools = { schema: bundle, hashValue };
    this.#undeclared = this.#kindOf(undefined);
  }

  /** Adds `action`, `subject`, `resource` and `context` to a record. */
  addTo(record: JsonRecord, request: PreparedRequest): void {
    const { triple, subject, resource, supplied } = request;
    const kind =
      triple === undefined ? this.#undeclared : (this.#kinds[triple.index] ??= this.#kindOf(triple));
    const suppliedOf = ({ key }: Reference): RecordValue | undefined => supplied.get(key);
    const isAny = supplied.size > 0;
    record['action'] = kind.action.encodeAction(request.action, request.actionAttributes);
    record['subject'] = kind.subject.encodeEntity(subject, isAny ? suppliedOf(subject) : undefined);
    record['resource'] = kind.resource.encodeEntity(resource, isAny ? suppliedOf(resource) : undefined);
    record['context'] = kind.context.encode(request.context);
  }

  #kindOf(triple: Triple | undefined): KindEncoder {
    const { entities, redactions } = this.#bundle;
    const root = (name: string, attributes = NO_ATTRIBUTES): RootEncoder =>
      new RootEncoder(attributes, below(name, redactions), this.#tools);
    const attributesOf = (type: string | undefined): Attributes | undefined =>
      type === undefined ? undefined : entities.get(type)?.attributes;
    const said = triple?.contextAttributes ?? NO_ATTRIBUTES;
    return {
      action: root('action', triple?.actionAttributes),
      subject: root('subject', attributesOf(triple?.subject)),
      resource: root('resource', attributesOf(triple?.resource)),
      context: new RecordEncoder(said, below('context', redactions), this.#tools),
    };
  }
}

/** Gives `id` on its own, the rest as `attributes`, which no attribute's name can get in the way of. */
class RootEncoder {
  readonly #id: ValueEncoder;
  readonly #attributes: RecordEncoder;
  readonly #hasAttributes: boolean;

  constructor(attributes: Attributes, redactions: readonly Redaction[], tools: EncoderTools) {
    const id = attributes.get('id')?.type ?? STRING;
    const others = [...attributes].filter(([name]) => name !== 'id');
    this.#id = fieldEncoder('id', id, below('id', redactions), tools);
    this.#attributes = new RecordEncoder(others, redactions, tools);
    this.#hasAttributes = others.length > 0;
  }

  encodeEntity({ type, id }: Reference, supplied: RecordValue | undefined): JsonRecord {
    return this.#add({ type }, id, supplied);
  }

  /** An action has an id only where it has an attribute of that name. */
  encodeAction(name: string, attributes: RecordValue): JsonRecord {
    return this.#add({ name }, attributes['id'], attributes);
  }

  #add(json: JsonRecord, id: Outcome, values: RecordValue | undefined): JsonRecord {
    const encoded = id === undefined || typeof id === 'symbol' ? undefined : this.#id(id);
    if (encoded !== undefined) json['id'] = encoded;
    if (values === undefined || !this.#hasAttributes) return json;
    const attributes = this.#attributes.encode(values);
    if (Object.keys(attributes).length > 0) json['attributes'] = attributes;
    return json;
  }
}
