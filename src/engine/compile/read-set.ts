import { type Purity, worsePurity } from '../../dsl/builtins/builtin.ts';
import type { Triple } from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { assertNever } from '../../dsl/syntax/ast.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import { sourceOf } from './attribute-reader.ts';
import { pathText } from './path-text.ts';

/** Who says what stands at the end of a path: the request alone, the store alone, either, or the risk engine. */
export type ReadSource = 'supplied' | 'facts' | 'both' | 'live';

/** One step of a path: an attribute, a map's key (`[key]`), or any element of a collection (`[*]`). */
export interface ReadStep {
  readonly name: string;
  /** The entity types whose records hold the attribute; empty for a part of a record, a map or a collection. */
  readonly owners: readonly string[];
}

/** A path that a condition may read. */
export interface ReadPath {
  /** As in the policy: `resource.project.team`, `subject.teams[resource.team]`. */
  readonly text: string;
  /** Where it starts; `literal` is a reference written in the policy. */
  readonly root: 'subject' | 'resource' | 'action' | 'context' | 'literal';
  readonly steps: readonly ReadStep[];
  readonly source: ReadSource;
}

/** Everything that some conditions may read. */
export interface ReadSet {
  /** By text, sorted. */
  readonly paths: readonly ReadPath[];
  /** Entity types whose records may be asked for (mapped and stored ones), sorted. */
  readonly entities: readonly string[];
  /** Whether a value that the request supplies may be read. */
  readonly supplied: boolean;
  /** Whether a record may be read. */
  readonly facts: boolean;
  readonly purity: Purity;
  /** Names of the builtins that ask the world, sorted. */
  readonly builtins: readonly string[];
}

interface Place {
  readonly root: ReadPath['root'];
  readonly text: string;
  readonly steps: readonly ReadStep[];
  readonly supplied: boolean;
  readonly facts: boolean;
  readonly live: boolean;
}

/** Everything that any of these may read. */
export function mergeReadSets(sets: readonly ReadSet[]): ReadSet {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const paths = new Map<string, ReadPath>();
  for (const set of sets) {
    for (const path of set.paths) {
      const known = paths.get(path.text);
      const source = known === undefined || known.source === path.source ? path.source : 'both';
      paths.set(path.text, { ...path, source });
    }
  }
  return {
    paths: [...paths.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1)),
    entities: [...new Set(sets.flatMap((set) => set.entities))].toSorted(),
    supplied: sets.some((set) => set.supplied),
    facts: sets.some((set) => set.facts),
    purity: sets.reduce<Purity>((purity, set) => worsePurity(purity, set.purity), 'pure'),
    builtins: [...new Set(sets.flatMap((set) => set.builtins))].toSorted(),
  };
}

/** What these expressions may read when the question is one of `triples`. */
export function readSetOf(
  expressions: readonly (CheckedExpression | undefined)[],
  triples: readonly Triple[],
  schema: Schema,
  purity: Purity = 'pure',
): ReadSet {
  const kinds = [...new Set(triples.map((triple) => triple.isNew))];
  return mergeReadSets(
    kinds.map((isNew) => {
      const builder = new ReadSetBuilder(schema, isNew);
      builder.atLeast(purity);
      for (const expression of expressions) if (expression !== undefined) builder.add(expression);
      return builder.result();
    }),
  );
}

/** Collects what conditions may read. With `isNew` is the type of a resource whose attributes the request supplies. */
class ReadSetBuilder {
  readonly #schema: Schema;
  readonly #isNew: boolean;
  readonly #paths = new Map<string, ReadPath>();
  readonly #entities = new Set<string>();
  readonly #builtins = new Set<string>();
  readonly #seen = new Set<CheckedExpression>();
  readonly #places: (Place | undefined)[] = [];
  #purity: Purity = 'pure';

  constructor(schema: Schema, isNew: boolean) {
    this.#schema = schema;
    this.#isNew = isNew;
  }

  result(): ReadSet {
    const paths = [...this.#paths.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1));
    return {
      paths,
      entities: [...this.#entities].toSorted(),
      supplied: paths.some((path) => path.source === 'supplied' || path.source === 'both'),
      facts: this.#entities.size > 0,
      purity: this.#purity,
      builtins: [...this.#builtins].toSorted(),
    };
  }

  /** The record of this entity may be asked for, if one is kept. */
  entity(name: string): void {
    if (this.#schema.entities.get(name)?.storage !== 'supplied') this.#entities.add(name);
  }

  atLeast(purity: Purity): void {
    this.#purity = worsePurity(this.#purity, purity);
  }

  add(expression: CheckedExpression): void {
    // What hangs on a quantifier's variable is walked again wherever the variable stands for something else.
    if (this.#places.length === 0) {
      if (this.#seen.has(expression)) return;
      this.#seen.add(expression);
    }
    switch (expression.kind) {
      case 'constant':
        return;
      case 'variable':
        if (expression.name === 'now') this.atLeast('clock');
        return;
      case 'local':
        return;
      case 'identifier':
      case 'attribute':
      case 'index': {
        const place = this.#place(expression);
        if (place !== undefined) this.#record(place);
        return;
      }
      case 'collection':
        for (const item of expression.items) this.add(item);
        return;
      case 'call':
        this.atLeast(expression.builtin.purity);
        if (expression.builtin.evaluate === undefined) this.#builtins.add(expression.builtin.name);
        for (const argument of expression.arguments) this.add(argument);
        return;
      case 'and':
      case 'or':
        for (const operand of expression.operands) this.add(operand);
        return;
      case 'implies':
      case 'comparison':
      case 'overlap':
      case 'arithmetic':
        this.add(expression.left);
        this.add(expression.right);
        return;
      case 'riskComparison':
        this.atLeast('live');
        this.add(expression.threshold);
        return;
      case 'membership':
        this.add(expression.element);
        this.add(expression.collection);
        return;
      case 'inNetwork':
        this.add(expression.address);
        this.add(expression.network);
        return;
      case 'not':
      case 'matches':
      case 'is':
      case 'has':
      case 'negation':
        this.add(expression.operand);
        return;
      case 'exists':
        this.add(expression.operand);
        if (expression.operand.type.kind === 'reference')
          expression.operand.type.entities.forEach((one) => this.entity(one));
        return;
      case 'quantifier': {
        this.add(expression.collection);
        const before = this.#places[expression.slot];
        const collection = this.#place(expression.collection);
        this.#places[expression.slot] = collection && {
          ...collection,
          text: `${collection.text}[*]`,
          steps: [...collection.steps, { name: '[*]', owners: [] }],
        };
        this.add(expression.body);
        this.#places[expression.slot] = before;
        while (this.#places.length > 0 && this.#places.at(-1) === undefined) this.#places.pop();
        return;
      }
      default:
        assertNever(expression);
    }
  }

  #record(place: Place): void {
    if (place.live) this.atLeast('live');
    if (place.steps.length === 0 || this.#paths.has(place.text)) return;
    const source: ReadSource = place.live
      ? 'live'
      : place.facts
        ? place.supplied
          ? 'both'
          : 'facts'
        : 'supplied';
    this.#paths.set(place.text, { text: place.text, root: place.root, steps: place.steps, source });
  }

  /** Where a path leads; undefined for what is no path. */
  #place(expression: CheckedExpression): Place | undefined {
    switch (expression.kind) {
      case 'variable':
        if (expression.name === 'now' || expression.name === 'risk') return undefined;
        return { ...NOWHERE, root: expression.name, text: expression.name };
      case 'constant':
        return expression.type.kind === 'reference' ? { ...NOWHERE, text: pathText(expression) } : undefined;
      case 'local':
        return this.#places[expression.slot];
      case 'identifier': {
        // An id is part of the question or of the path that leads to it.
        return this.#place(expression.object);
      }
      case 'attribute':
        return this.#attribute(expression.object, expression.name);
      case 'index': {
        this.add(expression.key);
        const object = this.#place(expression.object);
        const key = pathText(expression.key);
        return (
          object && {
            ...object,
            text: `${object.text}[${key}]`,
            steps: [...object.steps, { name: `[${key}]`, owners: [] }],
          }
        );
      }
      default:
        this.add(expression);
        return undefined;
    }
  }

  #attribute(object: CheckedExpression, name: string): Place | undefined {
    const place = this.#place(object);
    if (object.type.kind !== 'reference') {
      const supplied = place?.steps.length === 0 || place?.supplied === true;
      return (
        place && {
          ...place,
          text: `${place.text}.${name}`,
          steps: [...place.steps, { name, owners: [] }],
          supplied,
        }
      );
    }
    let { supplied, facts, live } = place ?? NOWHERE;
    for (const owner of object.type.entities) {
      const reach = this.#reach(
        owner,
        name,
        object.kind === 'variable' && object.name === 'resource' && this.#isNew,
      );
      supplied ||= reach.supplied;
      facts ||= reach.facts;
      live ||= reach.live;
    }
    const owners = object.type.entities;
    return (
      place && {
        ...place,
        text: `${place.text}.${name}`,
        steps: [...place.steps, { name, owners }],
        supplied,
        facts,
        live,
      }
    );
  }

  #reach(owner: string, name: string, isNew: boolean): { supplied: boolean; facts: boolean; live: boolean } {
    const entity = this.#schema.entities.get(owner);
    const attribute = entity?.attributes.get(name);
    const reach = { supplied: false, facts: false, live: false };
    if (entity === undefined || attribute === undefined) return reach;
    if (attribute.closure !== undefined) {
      const first = this.#reach(owner, (attribute.closure.first ?? attribute.closure.follow).text, isNew);
      const element = attribute.type.kind === 'set' ? attribute.type.element : attribute.type;
      const next = element.kind === 'reference' ? element.entities : [];
      const follow = attribute.closure.follow.text;
      return next
        .map((type) => this.#reach(type, follow, false))
        .reduce(
          (a, b) => ({
            supplied: a.supplied || b.supplied,
            facts: a.facts || b.facts,
            live: a.live || b.live,
          }),
          first,
        );
    }
    switch (sourceOf(entity, attribute)) {
      case 'supplied':
        reach.supplied = true;
        break;
      case 'suppliedOrStored':
        reach.supplied = true;
        if (!isNew) reach.facts = true;
        break;
      case 'live':
        reach.live = true;
        break;
      default:
        if (isNew) reach.supplied = true;
        else reach.facts = true;
    }
    if (reach.facts || reach.live) this.#entities.add(owner);
    return reach;
  }
}

const NOWHERE: Place = { root: 'literal', text: '', steps: [], supplied: false, facts: false, live: false };
