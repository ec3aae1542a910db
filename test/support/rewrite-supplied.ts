import type { CheckedBundle, Triple } from '../../src/dsl/check/bundle.ts';
import { canonicalId } from '../../src/dsl/types/entity-id.ts';
import { isObject } from '../../src/dsl/types/is-object.ts';
import type { AttributeInfo, EntityInfo } from '../../src/dsl/types/schema.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import type { EntityName } from '../../src/engine/explain/types.ts';

/**
 * One attribute of what a request says of an entity becomes something else. A request may name an entity several times
 * and say something of it each time, of which the first counts: so the new value stands wherever the entity is named,
 * but for what is said of it within itself.
 */
export function rewriteSupplied(
  request: AccessRequest,
  name: EntityName,
  spelling: string,
  triple: Triple,
  bundle: CheckedBundle,
  change: (given: JsonObject) => JsonObject,
): AccessRequest {
  const said: Record<string, unknown> = {};
  let mentions = 0;
  throughMentions(request, name, triple, bundle, {
    before: (given) => {
      mentions += 1;
      return given;
    },
    attribute: (key, json) => {
      if (json !== null && !Object.hasOwn(said, key)) said[key] = json;
    },
  });
  // Of what a request does not name, nothing can be said in it.
  if (mentions === 0) return request;
  const changed = change(said);
  return throughMentions(request, name, triple, bundle, {
    before: (given, isWithin) => {
      const { [spelling]: _gone, ...rest } = given ?? {};
      if (isWithin) return given === undefined ? undefined : rest;
      return Object.hasOwn(changed, spelling) ? { ...rest, [spelling]: changed[spelling] } : rest;
    },
    attribute: () => undefined,
  });
}

interface Visitor {
  /** What is said of the entity at one mention, or at one within another, becomes this, before it is looked into. */
  readonly before: (given: JsonObject | undefined, isWithin: boolean) => JsonObject | undefined;
  /** Told of each attribute that is said of it, after what is within. */
  readonly attribute: (key: string, json: unknown) => void;
}

function throughMentions(
  request: AccessRequest,
  name: EntityName,
  triple: Triple,
  bundle: CheckedBundle,
  visitor: Visitor,
): AccessRequest {
  const rewriter = new MentionRewriter(name, bundle, { triple, resource: request.resource }, visitor);
  const { action, context } = request;
  const { properties } = action;
  // In the order in which a request is read.
  const subject = rewriter.entity(request.subject) as AccessRequest['subject'];
  const resource = rewriter.entity(request.resource) as AccessRequest['resource'];
  return {
    ...request,
    subject,
    resource,
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
  readonly #visitor: Visitor;

  /** In how many mentions of the entity another one is looked for. */
  #depth = 0;
  readonly #asked: { readonly triple: Triple; readonly resource: Named };

  constructor(
    name: EntityName,
    bundle: CheckedBundle,
    asked: { readonly triple: Triple; readonly resource: Named },
    visitor: Visitor,
  ) {
    this.#name = name;
    this.#bundle = bundle;
    this.#asked = asked;
    this.#visitor = visitor;
  }

  /** What is named brings its properties along, in which others are named. */
  entity(named: Named): Named {
    const info = this.#bundle.entities.get(named.type);
    const isIt = named.type === this.#name.type && canonicalId(info, named.id) === this.#name.id;
    const given = isObject(named.properties) ? named.properties : undefined;
    const taken = isIt ? this.#visitor.before(given, this.#depth > 0) : given;
    if (taken === undefined || info === undefined) return named;
    const tell = isIt ? this.#visitor.attribute : undefined;
    if (isIt) this.#depth += 1;
    const properties = this.record(taken, this.#takenOf(info, named), tell);
    if (isIt) this.#depth -= 1;
    return { ...named, properties };
  }

  /** The attributes that are taken from a request: all others it may say what it likes of. */
  #takenOf(info: EntityInfo, { type, id }: Named): ReadonlyMap<string, AttributeInfo> {
    const { triple, resource } = this.#asked;
    const isNew =
      triple.isNew && type === resource.type && canonicalId(info, id) === canonicalId(info, resource.id);
    return new Map(
      [...info.attributes].filter(([, { source, closure }]) => {
        if (closure !== undefined || source === 'live') return false;
        return source !== 'store' || info.storage === 'supplied' || isNew;
      }),
    );
  }

  record(
    given: JsonObject,
    attributes: ReadonlyMap<string, AttributeInfo>,
    tell?: Visitor['attribute'],
  ): JsonObject {
    const bySpelling = new Map([...attributes.values()].map((one) => [one.spelling, one.type]));
    return Object.fromEntries(
      Object.entries(given).map(([key, json]) => {
        const type = bySpelling.get(key);
        const inner = type === undefined ? json : this.#value(json, type);
        tell?.(key, json);
        return [key, inner];
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
