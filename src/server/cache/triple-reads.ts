import { createHash } from 'node:crypto';
import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { EntityInfo } from '../../dsl/types/schema.ts';
import { type RecordNode, recordTreeOf } from '../../engine/compile/record-tree.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import { type ByRoot, seedsOf } from '../facts/sql/fact-statement.ts';
import { seedPointsOf } from '../facts/sql/seed-points.ts';
import { type AllowedAges, allowedAges } from './allowed-ages.ts';

/** What decisions of one kind read of one root, and of everything that it leads to. */
export interface RootReads {
  /** With the id of the root, the key of a slice: roots of one type of which the same is read share theirs. */
  readonly prefix: string;
  /** The stored entities among whose records it looks, sorted. */
  readonly types: readonly string[];
}

/** What the cache knows of decisions of one kind. */
export interface TripleReads {
  /** Undefined for a root of which nothing is stored. */
  readonly roots: ByRoot<RootReads | undefined>;
  /** Undefined: nothing is kept. */
  readonly ages: AllowedAges | undefined;
  /** Whether the request, or the policy, names records besides the subject and the resource. */
  readonly namesMore: (request: PreparedRequest) => boolean;
}

export function tripleReadsOf(bundle: CheckedBundle, triple: Triple): TripleReads {
  const tree = recordTreeOf(bundle, triple);
  const points = seedPointsOf(tree, triple, bundle);
  const { entities } = bundle;
  return {
    roots: {
      subject: rootReads('subject', tree.subject, entities, false),
      resource: rootReads('resource', tree.resource, entities, triple.isNew),
    },
    ages: allowedAges(bundle, triple.index),
    namesMore:
      points.length === 0
        ? () => false
        : (request) => points.some((point) => seedsOf(point, [request]).next().done !== true),
  };
}

function rootReads(
  root: 'subject' | 'resource',
  node: RecordNode,
  entities: ReadonlyMap<string, EntityInfo>,
  isNew: boolean,
): RootReads | undefined {
  const isStored = (name: string): boolean => {
    const storage = entities.get(name)?.storage;
    return storage !== undefined && storage !== 'supplied';
  };
  if (!isStored(node.entity)) return undefined;
  const types = new Set<string>([node.entity]);
  const visit = (at: RecordNode): void => {
    if (isStored(at.entity)) types.add(at.entity);
    for (const { to } of at.walks) visit(to);
  };
  if (!isNew) visit(node);
  const text = JSON.stringify([root, isNew ? 'new' : describe(node)]);
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { prefix: `${digest}|${node.entity}|`, types: [...types].toSorted() };
}

/** Everything that is read of a record and through it, in one spelling. */
function describe({ entity, attributes, walks }: RecordNode): unknown {
  const ways = walks.map(({ attribute, steps, isClosure, to }) =>
    JSON.stringify([attribute, steps, isClosure, describe(to)]),
  );
  return [entity, [...attributes].toSorted(), ways.toSorted()];
}

/** The keys of the slices that a question hangs on; undefined for a root of which nothing is stored. */
export function keysOf(
  { subject, resource }: TripleReads['roots'],
  request: PreparedRequest,
): ByRoot<string | undefined> {
  return {
    subject: subject && subject.prefix + request.subject.id,
    resource: resource && resource.prefix + request.resource.id,
  };
}
