import type { CheckedBundle, Triple } from '../../src/dsl/check/bundle.ts';
import { isObject } from '../../src/dsl/types/decode.ts';
import { canonicalId } from '../../src/dsl/types/entity-id.ts';
import type { AttributeInfo } from '../../src/dsl/types/schema.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import type { EntityName } from '../../src/engine/explain/types.ts';

/** What a request says of an entity becomes something else wherever the request names it. */
export function inEveryMention(
  request: AccessRequest,
  name: EntityName,
  triple: Triple,
  bundle: CheckedBundle,
  change: (given: JsonObject) => JsonObject,
): AccessRequest {
  const rewriter = new MentionRewriter(name, bundle, change);
  const { subject, resource, action, context } = request;
  const { properties } = action;
  return {
    ...request,
    subject: rewriter.entity(subject) as AccessRequest['subject'],
    resource: rewriter.entity(resource) as AccessRequest['resource'],
    action:
      properties === undefined
        ? action
        : { ...action, properties: rewriter.record(properties, triple.actionAttributes) },
    ...(context === undefined || context === null
      ? {}
      : { context: rewriter.record(context, triple.contextAttributes) }),
  };
}

interface Named {
  readonly type: string;
  readonly id: unknown;
  readonly properties?: unknown;
}

class MentionRewriter {
  readonly #name: EntityName;
  readonly #bundle: CheckedBundle;
  readonly #change: (given: JsonObject) => JsonObject;

  constructor(name: EntityName, bundle: CheckedBundle, change: (given: JsonObject) => JsonObject) {
    this.#name = name;
    this.#bundle = bundle;
    this.#change = change;
  }

  /** What is named brings its properties along, in which others are named. */
  entity(named: Named): Named {
    const info = this.#bundle.entities.get(named.type);
    const isIt = named.type === this.#name.type && canonicalId(info, named.id) === this.#name.id;
    const given = isObject(named.properties) ? named.properties : undefined;
    const inner = given === undefined || info === undefined ? given : this.record(given, info.attributes);
    const properties = isIt ? this.#change(inner ?? {}) : inner;
    return properties === undefined ? named : { ...named, properties };
  }

  record(given: JsonObject, attributes: ReadonlyMap<string, AttributeInfo>): JsonObject {
    const bySpelling = new Map([...attributes.values()].map((one) => [one.spelling, one.type]));
    return Object.fromEntries(
      Object.entries(given).map(([key, json]) => {
        const type = bySpelling.get(key);
        return [key, type === undefined ? json : this.#value(json, type)];
      }),
    );
  }

  #value(json: unknown, type: Type): unknown {
    switch (type.kind) {
      case 'reference': {
        const only = type.entities.length === 1 ? type.entities[0] : undefined;
        const given = isObject(json) ? json : { id: json };
        const kind = Object.hasOwn(given, 'type') ? given['type'] : only;
        if (typeof kind !== 'string' || !type.entities.includes(kind)) return json;
        const before: Named = { ...given, type: kind, id: given['id'] };
        const after = this.entity(before);
        return after === before ? json : after;
      }
      case 'set':
      case 'list':
        return Array.isArray(json) ? json.map((one: unknown) => this.#value(one, type.element)) : json;
      case 'map':
        return isObject(json)
          ? Object.fromEntries(Object.entries(json).map(([key, one]) => [key, this.#value(one, type.value)]))
          : json;
      case 'record':
        return isObject(json)
          ? Object.fromEntries(
              Object.entries(json).map(([key, one]) => {
                const inner = type.attributes.get(key);
                return [key, inner === undefined ? one : this.#value(one, inner.type)];
              }),
            )
          : json;
      default:
        return json;
    }
  }
}
