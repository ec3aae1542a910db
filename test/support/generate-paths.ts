import type { Type } from '../../src/dsl/types/types.ts';
import type { Field, SchemaModel } from './generate-schema.ts';

/** Something that a condition can read, and what must be known to be there before it does. */
export interface Path {
  readonly text: string;
  readonly type: Type;
  /** Paths of the optional steps on the way, itself included. */
  readonly guards: readonly string[];
  /** Guards that some of the types do not have at all: those must be tested even where unknown does no harm. */
  readonly uncommon: readonly string[];
  /** Of the name of a `let`: the path that it stands for. */
  readonly stands?: string;
}

/** What a condition may start from. */
export interface Roots {
  readonly subjects: readonly string[];
  readonly resources: readonly string[];
  readonly context: readonly Field[];
  readonly action: readonly Field[];
  /**
   * Chooses the one attribute, of those that only some of the types have, that may be asked for. With two, one test
   * could rule out the only types of which the other is true, and a test that is never true is refused.
   */
  readonly uncommon: (candidates: readonly string[]) => string | undefined;
}

const LONGEST = 3;

/** Everything that can be reached from the roots in a few steps. */
export function pathsFrom(schema: SchemaModel, roots: Roots): Path[] {
  const all = everyPath(schema, roots);
  const uncommon = new Set(all.flatMap((one) => one.uncommon));
  const chosen = roots.uncommon([...uncommon]);
  return all.filter((one) => one.uncommon.every((attribute) => attribute === chosen));
}

function everyPath(schema: SchemaModel, roots: Roots): Path[] {
  const paths: Path[] = [];
  const walk = (path: Path, depth: number): void => {
    paths.push(path);
    if (depth === 0) return;
    if (path.type.kind === 'record') {
      for (const [name, one] of path.type.attributes) {
        const text = `${path.text}.${name}`;
        walk(
          { ...path, text, type: one.type, guards: one.optional ? [...path.guards, text] : path.guards },
          depth - 1,
        );
      }
    }
    if (path.type.kind === 'reference' && path.type.entities.length === 1) {
      stepInto(path, path.type.entities, depth);
    }
  };
  const stepInto = (path: Path, entities: readonly string[], depth: number): void => {
    const models = entities.map((name) => schema.entities.get(name));
    const names = new Set(models.flatMap((one) => [...(one?.fields.keys() ?? [])]));
    for (const name of names) {
      const fields = models.map((one) => one?.fields.get(name));
      const known = fields.filter((one): one is Field => one !== undefined);
      const [first] = known;
      if (first === undefined) continue;
      const text = `${path.text}.${name}`;
      const isUncommon = known.length < fields.length;
      const guards = isUncommon || known.some((one) => one.optional) ? [...path.guards, text] : path.guards;
      const uncommon = isUncommon ? [...path.uncommon, text] : path.uncommon;
      // Where only some types have a required attribute, `has` has nothing to ask of those that do.
      if (isUncommon && !known.every((one) => one.optional)) continue;
      walk({ text, type: first.type, guards, uncommon }, depth - 1);
    }
    paths.push({ ...path, text: `${path.text}.id`, type: { kind: 'string' } });
  };
  const start = (text: string): Path => ({
    text,
    type: { kind: 'reference', entities: [] },
    guards: [],
    uncommon: [],
  });
  for (const [text, entities] of [
    ['subject', roots.subjects],
    ['resource', roots.resources],
  ] as const) {
    const root = { ...start(text), type: { kind: 'reference', entities } as Type };
    if (entities.length === 1) paths.push(root);
    stepInto(root, entities, LONGEST);
  }
  for (const [root, fields] of [
    ['context', roots.context],
    ['action', roots.action],
  ] as const) {
    for (const one of fields) {
      const text = `${root}.${one.name}`;
      walk({ text, type: one.type, guards: one.optional ? [text] : [], uncommon: [] }, LONGEST - 1);
    }
  }
  return paths;
}

const LONGEST_FROM_NAME = 2;

/** What can be reached from a name bound to a value of the type. */
export function pathsOfName(schema: SchemaModel, name: string, type: Type): Path[] {
  const paths: Path[] = [];
  const walk = (path: Path, depth: number): void => {
    paths.push(path);
    if (path.type.kind === 'reference' && path.type.entities.length === 1)
      paths.push({ ...path, text: `${path.text}.id`, type: { kind: 'string' } });
    if (depth === 0) return;
    for (const [attribute, one] of attributesOf(schema, path.type)) {
      const text = `${path.text}.${attribute}`;
      walk(
        { ...path, text, type: one.type, guards: one.optional ? [...path.guards, text] : path.guards },
        depth - 1,
      );
    }
  };
  walk({ text: name, type, guards: [], uncommon: [] }, LONGEST_FROM_NAME);
  return paths;
}

function attributesOf(
  schema: SchemaModel,
  type: Type,
): Iterable<readonly [string, { readonly type: Type; readonly optional: boolean }]> {
  if (type.kind === 'record') return type.attributes;
  if (type.kind !== 'reference' || type.entities.length !== 1) return [];
  return schema.entities.get(type.entities[0] ?? '')?.fields ?? [];
}
