import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import { type Decoder, decoderOf } from '../../dsl/types/decode.ts';
import { attributesDecoder } from '../../dsl/types/decode-attributes.ts';
import { type DecodeReport, MAXIMUM_REPORTED, type Path } from '../../dsl/types/decode-report.ts';
import { canonicalId } from '../../dsl/types/entity-id.ts';
import type { RecordReader } from '../../dsl/types/records/read-record.ts';
import type { AttributeInfo, EntityInfo } from '../../dsl/types/schema.ts';
import { emptyRecord, type Outcome, type RecordValue, Reference } from '../../dsl/types/values.ts';
import { sourceOf } from '../compile/attribute-reader.ts';
import type { AccessRequest, JsonObject, PreparedRequest } from './types.ts';

const NO_PROPERTIES: JsonObject = Object.freeze({});
const NOTHING_SUPPLIED: ReadonlyMap<string, RecordValue> = new Map();
const NOTHING_SAID: RecordValue = Object.freeze(emptyRecord());
/** References within references, each with properties of its own, are followed so deep. */
const DEEPEST_REFERENCE = 8;

/** Turns questions from outside into values of the types that a bundle declares. */
export class RequestReader {
  readonly #bundle: CheckedBundle;
  /** By the action's spelling, then the resource's type, then the subject's. */
  readonly #kinds: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, RequestKind>>>;
  readonly #taken: TakenAttributes;

  constructor(bundle: CheckedBundle, writeAfter?: number) {
    this.#bundle = bundle;
    this.#kinds = kindsOf(bundle, writeAfter);
    this.#taken = new TakenAttributes(bundle);
  }

  read(request: AccessRequest): PreparedRequest {
    const { subject, resource } = request;
    const kind = this.#kinds.get(request.action.name)?.get(resource.type)?.get(subject.type);
    if (kind === undefined) return this.#undeclared(request);
    const prepared = this.#decode(request, kind, undefined);
    // Most requests have nothing to report; only of the others are the paths spelled out.
    const isPlain = prepared.ignored.length === 0 && prepared.illTyped.length === 0;
    return isPlain ? prepared : this.#decode(request, kind, PLACES);
  }

  #decode(request: AccessRequest, kind: RequestKind, places: Places | undefined): PreparedRequest {
    const { triple } = kind;
    const subject = this.#reference(request.subject, kind.subject);
    const resource = this.#reference(request.resource, kind.resource);
    const report = new RequestReport(this.#bundle, triple.isNew ? resource : undefined, this.#taken);
    report.onReference(subject, request.subject.properties, places?.subject);
    report.onReference(resource, request.resource.properties, places?.resource);
    const said = request.action.properties;
    const given = request.context ?? NO_PROPERTIES;
    return {
      triple,
      action: triple.action,
      subject,
      resource,
      actionAttributes:
        kind.saysNothing && said === undefined
          ? NOTHING_SAID
          : kind.readAction(said ?? NO_PROPERTIES, places?.action, report),
      context: kind.readContext(given, places?.context, report),
      supplied: report.records ?? NOTHING_SUPPLIED,
      ignored: report.ignored,
      illTyped: report.illTyped,
    };
  }

  #undeclared({ action, subject, resource }: AccessRequest): PreparedRequest {
    const { actionsBySpelling, entities } = this.#bundle;
    return {
      triple: undefined,
      action: actionsBySpelling.get(action.name) ?? action.name,
      subject: this.#reference(subject, entities.get(subject.type)),
      resource: this.#reference(resource, entities.get(resource.type)),
      actionAttributes: NOTHING_SAID,
      context: NOTHING_SAID,
      supplied: NOTHING_SUPPLIED,
      ignored: [],
      illTyped: [],
    };
  }

  #reference(
    { type, id }: { readonly type: string; readonly id: string },
    entity: EntityInfo | undefined,
  ): Reference {
    return new Reference(entity?.name ?? type, canonicalId(entity, id) ?? id);
  }
}

/** Where the parts of a request stand, as reports call them. */
interface Places {
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly context: string;
}
const PLACES: Places = {
  subject: 'subject.properties',
  action: 'action.properties',
  resource: 'resource.properties',
  context: 'context',
};

/** One declared way of asking, and how its requests are read. */
interface RequestKind {
  readonly triple: Triple;
  readonly subject: EntityInfo | undefined;
  readonly resource: EntityInfo | undefined;
  /** Whether the action has no attributes of its own. */
  readonly saysNothing: boolean;
  readonly readAction: RecordReader;
  readonly readContext: RecordReader;
}

function kindsOf(
  bundle: CheckedBundle,
  writeAfter?: number,
): Map<string, Map<string, Map<string, RequestKind>>> {
  const kinds = new Map<string, Map<string, Map<string, RequestKind>>>();
  const { entities } = bundle;
  // Most kinds share their attributes, and then the reader that knows them.
  const readers = new Map<Triple['contextAttributes'], RecordReader>();
  const readerOf = (attributes: Triple['contextAttributes']): RecordReader => {
    let reader = readers.get(attributes);
    if (reader === undefined)
      readers.set(attributes, (reader = attributesDecoder(attributes, bundle, writeAfter)));
    return reader;
  };
  for (const [spelling, name] of bundle.actionsBySpelling) {
    const byResource = new Map<string, Map<string, RequestKind>>();
    for (const triple of bundle.triples) {
      if (triple.action !== name) continue;
      const bySubject = byResource.get(triple.resource) ?? new Map<string, RequestKind>();
      byResource.set(triple.resource, bySubject);
      bySubject.set(triple.subject, {
        triple,
        subject: entities.get(triple.subject),
        resource: entities.get(triple.resource),
        saysNothing: triple.actionAttributes.size === 0,
        readAction: readerOf(triple.actionAttributes),
        readContext: readerOf(triple.contextAttributes),
      });
    }
    kinds.set(spelling, byResource);
  }
  return kinds;
}

/** The attributes of entities that are taken from requests, by their spelling there. */
class TakenAttributes {
  readonly #bundle: CheckedBundle;
  readonly #ofThere = new Map<EntityInfo, ReadonlyMap<string, TakenAttribute>>();
  readonly #ofNew = new Map<EntityInfo, ReadonlyMap<string, TakenAttribute>>();

  constructor(bundle: CheckedBundle) {
    this.#bundle = bundle;
  }

  of(entity: EntityInfo, isNew: boolean): ReadonlyMap<string, TakenAttribute> {
    const known = isNew ? this.#ofNew : this.#ofThere;
    let taken = known.get(entity);
    if (taken === undefined) {
      taken = new Map(
        [...entity.attributes.values()]
          .filter((attribute) => isTaken(entity, attribute, isNew))
          .map(({ name, spelling, type }) => [spelling, { name, decode: decoderOf(type, this.#bundle) }]),
      );
      known.set(entity, taken);
    }
    return taken;
  }
}
interface TakenAttribute {
  readonly name: string;
  readonly decode: Decoder;
}

function isTaken(entity: EntityInfo, attribute: AttributeInfo, isNew: boolean): boolean {
  if (attribute.closure !== undefined) return false;
  const source = sourceOf(entity, attribute);
  return source === 'supplied' || source === 'suppliedOrStored' || (isNew && source === 'store');
}

/** What one request supplies of entities, and what reading it noticed; of what is said twice, what was said first counts. */
class RequestReport implements DecodeReport {
  readonly illTyped: string[] = [];
  readonly ignored: string[] = [];
  records: Map<string, RecordValue> | undefined = undefined;
  readonly #bundle: CheckedBundle;
  readonly #new: Reference | undefined;
  readonly #taken: TakenAttributes;
  #depth = 0;

  constructor(bundle: CheckedBundle, newResource: Reference | undefined, taken: TakenAttributes) {
    this.#bundle = bundle;
    this.#new = newResource;
    this.#taken = taken;
  }

  onReference(reference: Reference, properties: JsonObject | undefined, path: Path): void {
    if (properties === undefined) return;
    const entity = this.#bundle.entities.get(reference.type);
    if (entity === undefined) return;
    if (this.#depth >= DEEPEST_REFERENCE) {
      note(this.ignored, path);
      return;
    }
    this.#depth += 1;
    this.records ??= new Map();
    const before = this.records.get(reference.key);
    const record: { [attribute: string]: Outcome } = before ?? emptyRecord();
    if (before === undefined) this.records.set(reference.key, record);
    const taken = this.#taken.of(entity, this.#new?.equals(reference) === true);
    for (const spelling of Object.keys(properties)) {
      const attribute = taken.get(spelling);
      const at = path === undefined ? undefined : `${path}.${spelling}`;
      if (attribute === undefined) {
        note(this.ignored, at);
        continue;
      }
      const outcome = attribute.decode(properties[spelling], at, this);
      if (outcome !== undefined && record[attribute.name] === undefined) record[attribute.name] = outcome;
    }
    this.#depth -= 1;
  }
}

function note(into: string[], path: Path = ''): void {
  if (into.length < MAXIMUM_REPORTED) into.push(path);
}
