import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import {
  type DecodeReport,
  decodeAttributes,
  decoderOf,
  emptyReport,
  MAXIMUM_REPORTED,
} from '../../dsl/types/decode.ts';
import { canonicalId } from '../../dsl/types/entity-id.ts';
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
  readonly #taken = new Map<string, ReadonlyMap<string, AttributeInfo>>();

  constructor(bundle: CheckedBundle) {
    this.#bundle = bundle;
  }

  read(request: AccessRequest): PreparedRequest {
    const bundle = this.#bundle;
    const known = bundle.actionsBySpelling.get(request.action.name);
    const action = known ?? request.action.name;
    const triple =
      known === undefined
        ? undefined
        : bundle.triplesByKey.get(`${known}|${request.subject.type}|${request.resource.type}`);
    const subject = this.#reference(request.subject);
    const resource = this.#reference(request.resource);
    if (triple === undefined) {
      return {
        triple,
        action,
        subject,
        resource,
        actionAttributes: NOTHING_SAID,
        context: NOTHING_SAID,
        supplied: NOTHING_SUPPLIED,
        ignored: [],
        illTyped: [],
      };
    }
    const supplied = new SuppliedReader(bundle, triple, resource, (entity, isNew) =>
      this.#takenOf(entity, isNew),
    );
    supplied.entity(subject, request.subject.properties, 'subject.properties');
    supplied.entity(resource, request.resource.properties, 'resource.properties');
    const { report } = supplied;
    const said = request.action.properties ?? NO_PROPERTIES;
    const actionAttributes = decodeAttributes(
      said,
      triple.actionAttributes,
      bundle,
      'action.properties',
      report,
    );
    const given = request.context ?? NO_PROPERTIES;
    const context = decodeAttributes(given, triple.contextAttributes, bundle, 'context', report);
    return {
      triple,
      action,
      subject,
      resource,
      actionAttributes,
      context,
      supplied: supplied.records ?? NOTHING_SUPPLIED,
      ignored: report.ignored,
      illTyped: report.illTyped,
    };
  }

  #reference({ type, id }: { readonly type: string; readonly id: string }): Reference {
    return new Reference(type, canonicalId(this.#bundle.entities.get(type), id) ?? id);
  }

  /** The attributes that are taken from a request, by their spelling there. */
  #takenOf(entity: EntityInfo, isNew: boolean): ReadonlyMap<string, AttributeInfo> {
    const key = `${entity.name} ${isNew}`;
    let taken = this.#taken.get(key);
    if (taken === undefined) {
      taken = new Map(
        [...entity.attributes.values()]
          .filter((attribute) => isTaken(entity, attribute, isNew))
          .map((attribute) => [attribute.spelling, attribute]),
      );
      this.#taken.set(key, taken);
    }
    return taken;
  }
}

function isTaken(entity: EntityInfo, attribute: AttributeInfo, isNew: boolean): boolean {
  if (attribute.closure !== undefined) return false;
  const source = sourceOf(entity, attribute);
  return source === 'supplied' || source === 'suppliedOrStored' || (isNew && source === 'store');
}

/** Reads what one request supplies of entities; of what is said twice, what was said first counts. */
class SuppliedReader {
  readonly report: DecodeReport;
  records: Map<string, RecordValue> | undefined;
  readonly #bundle: CheckedBundle;
  readonly #newKey: string | undefined;
  readonly #takenOf: (entity: EntityInfo, isNew: boolean) => ReadonlyMap<string, AttributeInfo>;
  #depth = 0;

  constructor(
    bundle: CheckedBundle,
    triple: Triple,
    resource: Reference,
    takenOf: (entity: EntityInfo, isNew: boolean) => ReadonlyMap<string, AttributeInfo>,
  ) {
    this.#bundle = bundle;
    this.#newKey = triple.isNew ? resource.key : undefined;
    this.#takenOf = takenOf;
    this.report = emptyReport((reference, properties, path) => this.entity(reference, properties, path));
  }

  entity(reference: Reference, properties: JsonObject | undefined, path: string): void {
    const entity = this.#bundle.entities.get(reference.type);
    if (properties === undefined || entity === undefined) return;
    if (this.#depth >= DEEPEST_REFERENCE) {
      note(this.report.ignored, path);
      return;
    }
    this.#depth += 1;
    this.records ??= new Map();
    const before = this.records.get(reference.key);
    const record: { [attribute: string]: Outcome } = before ?? emptyRecord();
    if (before === undefined) this.records.set(reference.key, record);
    const taken = this.#takenOf(entity, reference.key === this.#newKey);
    for (const spelling of Object.keys(properties)) {
      const attribute = taken.get(spelling);
      if (attribute === undefined) {
        note(this.report.ignored, `${path}.${spelling}`);
        continue;
      }
      const decode = decoderOf(attribute.type, this.#bundle);
      const outcome = decode(properties[spelling], `${path}.${spelling}`, this.report);
      if (outcome !== undefined && record[attribute.name] === undefined) record[attribute.name] = outcome;
    }
    this.#depth -= 1;
  }
}

function note(into: string[], path: string): void {
  if (into.length < MAXIMUM_REPORTED) into.push(path);
}
