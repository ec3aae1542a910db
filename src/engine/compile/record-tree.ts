import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { checkedChildren } from '../../dsl/check/checked-children.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import type { Type } from '../../dsl/types/types.ts';
import { type Outcome, Reference, type Value } from '../../dsl/types/values.ts';
import { conditionsOf } from './conditions-of.ts';
import { referencesIn, stepsInto, type ValueStep } from './value-steps.ts';

/** Records of one entity that are reached in one way, and what a decision may read of them. */
export class RecordNode {
  readonly entity: string;
  /** By name; what derives from others (a closure) is left out, what it derives from is there. */
  readonly attributes: Set<string> = new Set();
  readonly walks: RecordWalk[] = [];
  /** References written in the policy that lead here: literals, and what stands in for an absent attribute. */
  readonly constants: Map<string, Reference> = new Map();

  constructor(entity: string) {
    this.entity = entity;
  }
}

/** From the value of an attribute to the records that it refers to. */
export interface RecordWalk {
  /** Of the record that the walk begins at, of the context, or of the action. */
  readonly attribute: string;
  /** Where in the value references are looked for; none for a closure, whose elements all are followed. */
  readonly steps: readonly ValueStep[];
  readonly isClosure: boolean;
  readonly to: RecordNode;
}

/** Every record that the decision of a question may read, by the ways that lead there. */
export interface RecordTree {
  readonly subject: RecordNode;
  readonly resource: RecordNode;
  /** From what the request says of its circumstances and of the action. */
  readonly context: readonly RecordWalk[];
  readonly action: readonly RecordWalk[];
  /** From references written in conditions, one for each entity. */
  readonly literals: readonly RecordNode[];
}

/** The records that deciding a question of this kind may read. */
export function recordTreeOf(bundle: CheckedBundle, triple: Triple): RecordTree {
  const builder = new RecordTreeBuilder(bundle, triple);
  for (const condition of conditionsOf(bundle, triple)) builder.add(condition);
  return builder.tree;
}

/** Somewhere that a value may stand. */
interface Place {
  step(step: ValueStep): readonly Place[];
  /** The attribute of a record of this entity, if references that stand here may lead to one. */
  records(entity: string): RecordNode | undefined;
}

class RecordTreeBuilder {
  readonly tree: RecordTree & {
    readonly context: RecordWalk[];
    readonly action: RecordWalk[];
    readonly literals: RecordNode[];
  };
  readonly #schema: Schema;
  readonly #triple: Triple;
  readonly #seen = new Set<CheckedExpression>();
  readonly #locals: (readonly Place[] | undefined)[] = [];

  constructor(schema: Schema, triple: Triple) {
    this.#schema = schema;
    this.#triple = triple;
    this.tree = {
      subject: new RecordNode(triple.subject),
      resource: new RecordNode(triple.resource),
      context: [],
      action: [],
      literals: [],
    };
  }

  /** Notes what evaluating the expression may read; gives the places at which its value may stand. */
  add(expression: CheckedExpression): readonly Place[] {
    // What hangs on a quantifier's variable is walked again wherever the variable stands for something else.
    const isPath = isPathKind(expression);
    if (!isPath && this.#locals.length === 0) {
      if (this.#seen.has(expression)) return [];
      this.#seen.add(expression);
    }
    switch (expression.kind) {
      case 'variable':
        return this.#variable(expression.name);
      case 'constant':
        return [this.#constant(expression.value)];
      case 'local':
        return this.#locals[expression.slot] ?? [];
      case 'identifier':
        this.add(expression.object);
        return [];
      case 'attribute':
        return this.#attribute(expression.object, expression.name);
      case 'index':
        this.add(expression.key);
        return this.add(expression.object).flatMap((place) => place.step(VALUE));
      case 'collection': {
        const items = expression.items.flatMap((item) => this.add(item));
        return [{ step: () => items, records: () => undefined }];
      }
      case 'exists': {
        const { operand } = expression;
        const places = this.add(operand);
        for (const entity of entitiesOf(operand.type)) for (const place of places) place.records(entity);
        return [];
      }
      case 'quantifier': {
        const step = expression.collection.type.kind === 'map' ? KEY : ELEMENT;
        const places = this.add(expression.collection).flatMap((place) => place.step(step));
        const before = this.#locals[expression.slot];
        this.#locals[expression.slot] = places;
        this.add(expression.body);
        this.#locals[expression.slot] = before;
        while (this.#locals.length > 0 && this.#locals.at(-1) === undefined) this.#locals.pop();
        return [];
      }
      default:
        for (const child of checkedChildren(expression)) this.add(child);
        return [];
    }
  }

  #variable(name: string): readonly Place[] {
    const { subject, resource, context, action } = this.tree;
    switch (name) {
      case 'subject':
        return [this.#root(subject)];
      case 'resource':
        return [this.#root(resource)];
      case 'context':
        return [this.#said(context, this.#triple.contextAttributes)];
      case 'action':
        return [this.#said(action, this.#triple.actionAttributes)];
      default:
        return [];
    }
  }

  #root(node: RecordNode): Place {
    return { step: () => [], records: (entity) => (entity === node.entity ? node : undefined) };
  }

  /** What the request says: the first step names one of these attributes. */
  #said(
    walks: RecordWalk[],
    attributes: ReadonlyMap<string, { readonly default: Value | undefined }>,
  ): Place {
    return {
      step: (step) =>
        step.kind === 'field' ? [this.#value(walks, step.name, attributes.get(step.name)?.default, [])] : [],
      records: () => undefined,
    };
  }

  #constant(value: Outcome): Place {
    return {
      step: (step) => [...stepsInto(value, step)].map((part) => this.#constant(part)),
      records: (entity) => {
        if (!(value instanceof Reference) || value.type !== entity) return undefined;
        let node = this.tree.literals.find((one) => one.entity === entity);
        if (node === undefined) this.tree.literals.push((node = new RecordNode(entity)));
        node.constants.set(value.id, value);
        return node;
      },
    };
  }

  /** Within the value of an attribute, from which walks lead on. */
  #value(
    walks: RecordWalk[],
    attribute: string,
    otherwise: Value | undefined,
    steps: readonly ValueStep[],
  ): Place {
    return {
      step: (step) => [this.#value(walks, attribute, otherwise, [...steps, step])],
      records: (entity) => walkTo(walks, { attribute, steps, isClosure: false, entity, otherwise }),
    };
  }

  #attribute(object: CheckedExpression, name: string): readonly Place[] {
    const places = this.add(object);
    if (object.type.kind !== 'reference')
      return places.flatMap((place) => place.step({ kind: 'field', name }));
    return object.type.entities.flatMap((entity) => {
      const info = this.#schema.entities.get(entity)?.attributes.get(name);
      if (info === undefined) return [];
      return places.flatMap((place) => {
        const node = place.records(entity);
        if (node === undefined) return [];
        return [info.closure === undefined ? this.#read(node, name) : this.#closure(node, name)];
      });
    });
  }

  #read(node: RecordNode, name: string): Place {
    node.attributes.add(name);
    const info = this.#schema.entities.get(node.entity)?.attributes.get(name);
    return this.#value(node.walks, name, info?.default, []);
  }

  /** Following a closure reads what it begins with, and of everything that it reaches what it follows. */
  #closure(node: RecordNode, name: string): Place {
    const info = this.#schema.entities.get(node.entity)?.attributes.get(name);
    const target = info?.type.kind === 'set' ? entitiesOf(info.type.element)[0] : undefined;
    if (info?.closure === undefined || target === undefined) return NOWHERE;
    const first = (info.closure.first ?? info.closure.follow).text;
    const follow = info.closure.follow.text;
    node.attributes.add(first);
    const start = this.#schema.entities.get(node.entity)?.attributes.get(first);
    const next = this.#schema.entities.get(target)?.attributes.get(follow);
    const to = walkTo(node.walks, {
      attribute: name,
      steps: [],
      isClosure: true,
      entity: target,
      otherwise: undefined,
    });
    to.attributes.add(follow);
    for (const value of [start?.default, next?.default])
      for (const reference of allReferences(value))
        if (reference.type === target) to.constants.set(reference.id, reference);
    const element: Place = {
      step: () => [],
      records: (entity) => (entity === target ? to : undefined),
    };
    return { step: () => [element], records: () => undefined };
  }
}

const KEY: ValueStep = { kind: 'key' };
const VALUE: ValueStep = { kind: 'value' };
const ELEMENT: ValueStep = { kind: 'element' };
const NOWHERE: Place = { step: () => [], records: () => undefined };

/** Whether what an expression yields hangs on where it stands, so that it is worth asking again. */
function isPathKind({ kind }: CheckedExpression): boolean {
  switch (kind) {
    case 'variable':
    case 'constant':
    case 'local':
    case 'attribute':
    case 'index':
    case 'collection':
      return true;
    default:
      return false;
  }
}

function entitiesOf(type: Type): readonly string[] {
  return type.kind === 'reference' ? type.entities : [];
}

interface WalkTarget extends Omit<RecordWalk, 'to'> {
  readonly entity: string;
  /** What stands where the attribute is absent. */
  readonly otherwise: Value | undefined;
}

function walkTo(
  walks: RecordWalk[],
  { entity, otherwise, attribute, steps, isClosure }: WalkTarget,
): RecordNode {
  const known = walks.find(
    (one) =>
      one.to.entity === entity &&
      one.attribute === attribute &&
      one.isClosure === isClosure &&
      sameSteps(one.steps, steps),
  );
  if (known !== undefined) return known.to;
  const to = new RecordNode(entity);
  for (const reference of referencesIn(otherwise, steps, entity)) to.constants.set(reference.id, reference);
  walks.push({ attribute, steps, isClosure, to });
  return to;
}

function sameSteps(a: readonly ValueStep[], b: readonly ValueStep[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      if (one.kind !== 'field') return one.kind === other?.kind;
      return other?.kind === 'field' && one.name === other.name;
    })
  );
}

/** The references that a value is or holds. */
function* allReferences(value: Outcome): Generator<Reference> {
  if (value instanceof Reference) yield value;
  else for (const part of stepsInto(value, ELEMENT)) yield* allReferences(part);
}
