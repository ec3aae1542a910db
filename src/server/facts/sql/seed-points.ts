import type { Triple } from '../../../dsl/check/bundle.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../../dsl/types/schema.ts';
import type { Outcome, Reference } from '../../../dsl/types/values.ts';
import { sourceOf } from '../../../engine/compile/attribute-reader.ts';
import type { RecordNode, RecordTree, RecordWalk } from '../../../engine/compile/record-tree.ts';
import { referencesIn, type ValueStep } from '../../../engine/compile/value-steps.ts';
import type { PreparedRequest } from '../../../engine/decide/types.ts';
import { attributeOf, stepsToReferences } from './reference-source.ts';

/** Records that a decision may reach by ids which are known before the store is asked: the policy or the request names them. */
export interface SeedPoint {
  readonly node: RecordNode;
  /** As people name it. */
  readonly path: string;
  /** The closure whose elements they are, if they are. */
  readonly closure: AttributeInfo | undefined;
  /** What the request names. */
  readonly named: (request: PreparedRequest) => Iterable<Reference>;
}

/** All points of a tree at which ids may be known beforehand. */
export function seedPointsOf(tree: RecordTree, triple: Triple, schema: Schema): readonly SeedPoint[] {
  const points: SeedPoint[] = [];
  const terms = { schema, triple };

  const visit = (node: RecordNode, path: string): void => {
    const entity = schema.entities.get(node.entity);
    if (entity === undefined) return;
    for (const walk of node.walks) {
      const way = `${path}.${walk.attribute}`;
      const closure = walk.isClosure ? attributeOf(entity, walk.attribute) : undefined;
      const named =
        closure === undefined ? namedBy(entity, walk, terms) : namedByClosure(entity, closure, walk, terms);
      if (named !== undefined || walk.to.constants.size > 0)
        points.push({ node: walk.to, path: way, closure, named: named ?? nobody });
      visit(walk.to, way);
    }
  };
  const said = (
    walks: readonly RecordWalk[],
    root: string,
    recordOf: (request: PreparedRequest) => Readonly<Record<string, Outcome>>,
  ): void => {
    for (const { attribute, steps, to } of walks) {
      const path = `${root}.${attribute}`;
      const named = (request: PreparedRequest): Iterable<Reference> =>
        referencesIn(recordOf(request)[attribute], steps, to.entity);
      points.push({ node: to, path, closure: undefined, named });
      visit(to, path);
    }
  };

  visit(tree.subject, 'subject');
  visit(tree.resource, 'resource');
  said(tree.context, 'context', (request) => request.context);
  said(tree.action, 'action', (request) => request.actionAttributes);
  for (const node of tree.literals) {
    const path = `${node.entity}(…)`;
    points.push({ node, path, closure: undefined, named: nobody });
    visit(node, path);
  }
  return points;
}

const nobody = (): Iterable<Reference> => [];

interface Terms {
  readonly schema: Schema;
  readonly triple: Triple;
}
type Named = SeedPoint['named'];

/** What the request says in an attribute of any record of the entity; undefined where it is never taken from requests. */
function namedBy(
  entity: EntityInfo,
  walk: {
    readonly attribute: string;
    readonly steps: readonly ValueStep[];
    readonly to: { readonly entity: string };
  },
  { triple }: Terms,
): Named | undefined {
  const { attribute, steps, to } = walk;
  const source = sourceOf(entity, attributeOf(entity, attribute));
  // A resource that does not exist yet has what the request says of it.
  const ofNewOnly = triple.isNew && entity.name === triple.resource && source === 'store';
  if (source !== 'supplied' && source !== 'suppliedOrStored' && !ofNewOnly) return undefined;
  const prefix = `${entity.name}:`;
  return function* named({ supplied, resource }) {
    if (supplied.size === 0) return;
    for (const [key, record] of supplied) {
      if (ofNewOnly ? key === resource.key : key.startsWith(prefix))
        yield* referencesIn(record[attribute], steps, to.entity);
    }
  };
}

function namedByClosure(
  entity: EntityInfo,
  { closure }: AttributeInfo,
  { to }: RecordWalk,
  terms: Terms,
): Named | undefined {
  const target = terms.schema.entities.get(to.entity);
  if (closure === undefined || target === undefined) return undefined;
  const parts = [
    { of: entity, attribute: attributeOf(entity, (closure.first ?? closure.follow).text) },
    { of: target, attribute: attributeOf(target, closure.follow.text) },
  ].flatMap(({ of, attribute }) => {
    const walk = { attribute: attribute.name, steps: stepsToReferences(attribute), to };
    return namedBy(of, walk, terms) ?? [];
  });
  if (parts.length === 0) return undefined;
  return function* named(request) {
    for (const part of parts) yield* part(request);
  };
}
