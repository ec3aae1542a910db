import type { Builtin, ParameterType } from '../../src/dsl/builtins/builtin.ts';
import { BUILTINS } from '../../src/dsl/builtins/registry.ts';
import { sameType, type Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';
import { hasLiteral, literal } from './generate-literals.ts';
import type { Path } from './generate-paths.ts';
import type { SchemaModel } from './generate-schema.ts';
import { condition, fixed, type Tree, textOf } from './generate-tree.ts';

/** A `let` that conditions may use where its names have a meaning. */
export interface LetModel {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly type: Type;
  /** The path that it stands for, if it is no more than one. */
  readonly path: Path | undefined;
  readonly subjects: readonly string[];
  readonly resources: readonly string[];
  /** Whether it can be used in signals, which must not read `risk`. */
  readonly readsRisk: boolean;
}

/** Where a condition stands and what it may use. */
export interface Place {
  readonly schema: SchemaModel;
  readonly paths: readonly Path[];
  readonly lets: readonly LetModel[];
  /** Paths that are known to be there. */
  readonly known: ReadonlySet<string>;
  /** Where an absent value does no harm, so that it may be read untested. */
  readonly lenient: boolean;
  readonly readsRisk: boolean;
  /** How many quantifiers are open. */
  readonly quantified: number;
}

/** A part of a condition: its text, how tightly it binds, and which paths must be tested before it is read. */
export interface Made {
  readonly tree: Tree;
  readonly level: number;
  readonly needs: readonly string[];
}

/** How tightly operators bind; said anew, since a law that shared it with the parser could not find it wrong. */
export const LEVEL = {
  implies: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  negative: 8,
  primary: 9,
} as const;

/** Arguments for parameters that take only literals. */
const LITERAL_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'path.matches': ['"/a/:id"', '"/a"', '"/:x/b"'],
  'time.hour': ['"UTC"', '"Europe/Vienna"'],
  'time.weekday': ['"UTC"', '"America/New_York"'],
  'time.of_day': ['"UTC"', '"Asia/Kolkata"'],
};

/** Generates values for one place. */
export abstract class ValueMaker {
  protected readonly chance: Chance;
  protected readonly place: Place;

  constructor(chance: Chance, place: Place) {
    this.chance = chance;
    this.place = place;
  }

  /** The same for another place. */
  protected abstract with(change: Partial<Place>): ValueMaker;

  /** A value that can be read untested, if the place has one. */
  value(type: Type, size: number): Tree | undefined {
    for (let tries = 0; tries < 4; tries += 1) {
      const made = this.makeValue(type, size);
      if (made !== undefined && made.needs.length === 0) return made.tree;
    }
    return undefined;
  }

  /** In parentheses where the place needs them, and now and then where it does not. */
  protected wrapped(made: Made, least: number): Tree {
    return made.level >= least && !this.chance.percent(12) ? made.tree : fixed('(', made.tree, ')');
  }

  /** The guards of a path that its reading would have to test here. */
  protected open(path: Path): string[] {
    const { known, lenient } = this.place;
    return path.guards.filter((one) => !known.has(one) && (!lenient || path.uncommon.includes(one)));
  }

  /** Of all kinds of values alike, of short paths and of those that can be read untested more often. */
  protected pickPath(paths: readonly Path[]): Path {
    const chance = this.chance;
    const kind = chance.pick([...new Set(paths.map((one) => one.type.kind))]);
    const ofKind = paths.filter((one) => chance.percent(30) || one.type.kind === kind);
    const cost = (one: Path): number => one.text.length + 10 * this.open(one).length;
    const [first, second] = [
      chance.pick(ofKind.length === 0 ? paths : ofKind),
      chance.pick(ofKind.length === 0 ? paths : ofKind),
    ];
    return cost(first) < cost(second) ? first : second;
  }

  protected makeValue(type: Type, size: number, place: 'typed' | 'untyped' = 'untyped'): Made | undefined {
    const chance = this.chance;
    const options: (readonly [number, () => Made | undefined])[] = [];
    if (hasLiteral(type, this.place.schema)) options.push([5, () => this.literal(type, place)]);
    const paths = this.place.paths.filter((one) => sameType(one.type, type));
    if (paths.length > 0) options.push([5, () => this.read(chance.pick(paths))]);
    if (size > 0) {
      if (['int', 'float', 'time', 'duration'].includes(type.kind))
        options.push([3, () => this.arithmetic(type, size)]);
      options.push([1, () => this.call(type, size)]);
      if (this.place.lets.length > 0) options.push([2, () => this.useLet(type, size)]);
    }
    if (type.kind === 'time') options.push([5, () => primary('now')]);
    if (options.length === 0) return undefined;
    return chance.weighted(options)();
  }

  protected literal(type: Type, place: 'typed' | 'untyped'): Made {
    const text = literal(this.chance, type, this.place.schema, place);
    return text.startsWith('-') ? { ...primary(text), level: LEVEL.negative } : primary(text);
  }

  protected read(path: Path): Made {
    return { ...primary(path.text), needs: this.open(path) };
  }

  protected arithmetic(type: Type, size: number): Made | undefined {
    const chance = this.chance;
    if (type.kind !== 'time' && chance.percent(30)) {
      const operand = this.makeValue(type, size - 1);
      if (operand === undefined) return undefined;
      return { ...operand, tree: fixed('-', this.wrapped(operand, LEVEL.primary)), level: LEVEL.negative };
    }
    const duration: Type = { kind: 'duration' };
    const [leftType, operator, rightType]: [Type, string, Type] =
      type.kind === 'time'
        ? [type, chance.pick(['+', '-']), duration]
        : type.kind === 'duration' && chance.percent(40)
          ? [{ kind: 'time' }, '-', { kind: 'time' }]
          : [type, chance.pick(type.kind === 'duration' ? ['+', '-'] : ['+', '-', '*']), type];
    const level = operator === '*' ? LEVEL.product : LEVEL.sum;
    const left = this.makeValue(leftType, size - 1);
    const right = this.makeValue(rightType, size - 1);
    if (left === undefined || right === undefined) return undefined;
    const tree = fixed(this.wrapped(left, level), ` ${operator} `, this.wrapped(right, level + 1));
    return { tree, level, needs: union(left.needs, right.needs) };
  }

  protected call(type: Type, size: number): Made | undefined {
    const builtins = BUILTINS.filter((one) => sameType(one.returns, type));
    if (builtins.length === 0) return undefined;
    return this.callOf(this.chance.pick(builtins), size);
  }

  protected callOf(builtin: Builtin, size: number): Made | undefined {
    const args: Made[] = [];
    for (const [index, parameter] of builtin.parameters.entries()) {
      const made = this.argument(builtin, index, parameter.type, size);
      if (made === undefined) return undefined;
      args.push(made);
    }
    const text = `${builtin.name}(${args.map(({ tree }) => textOf(tree)).join(', ')})`;
    const needs = union(...args.map((one) => one.needs));
    const isOpen = builtin.mayBeAbsent && !this.place.lenient && !this.place.known.has(text);
    const tree = builtin.returns.kind === 'bool' ? condition(text) : fixed(text);
    return { tree, level: LEVEL.primary, needs: isOpen ? union(needs, [text]) : needs };
  }

  protected argument(builtin: Builtin, index: number, type: ParameterType, size: number): Made | undefined {
    if (builtin.literals?.includes(index) === true) {
      const texts = LITERAL_ARGUMENTS[builtin.name];
      if (texts === undefined) throw new Error(`no literals for ${builtin.name}`);
      return primary(this.chance.pick(texts));
    }
    if (type.kind === 'anyCollection' || type.kind === 'anySet') {
      const kinds = type.kind === 'anySet' ? ['set'] : ['set', 'list', 'map'];
      const paths = this.place.paths.filter((one) => kinds.includes(one.type.kind));
      return paths.length === 0 ? undefined : this.read(this.pickPath(paths));
    }
    if (type.kind === 'record') {
      const wanted = [...type.attributes.keys()];
      const paths = this.place.paths.filter(
        (one) =>
          one.type.kind === 'record' &&
          wanted.every((name) => one.type.kind === 'record' && one.type.attributes.has(name)),
      );
      return paths.length === 0 ? undefined : this.read(this.chance.pick(paths));
    }
    return this.makeValue(type, size - 1, 'typed');
  }

  protected useLet(type: Type, size: number): Made | undefined {
    const lets = this.place.lets.filter((one) => sameType(one.type, type));
    if (lets.length === 0) return undefined;
    const one = this.chance.pick(lets);
    if (one.parameters.length === 0) {
      const needs = one.path === undefined ? [] : this.open(one.path);
      const tree = type.kind === 'bool' ? condition(one.name) : fixed(one.name);
      // The path and the name are the same thing: either may be tested.
      const named = needs.map((need) =>
        need === one.path?.text && this.chance.percent(50) ? one.name : need,
      );
      return { tree, level: LEVEL.primary, needs: named };
    }
    // What a parameter stands for is read where it stands, so it has to be readable there.
    const strict = this.with({ lenient: false });
    const args: Made[] = [];
    for (const parameter of one.parameters) {
      const made = strict.makeValue(parameter.type, size - 1, 'typed');
      if (made === undefined) return undefined;
      args.push(made);
    }
    const text = `${one.name}(${args.map(({ tree }) => textOf(tree)).join(', ')})`;
    const tree = type.kind === 'bool' ? condition(text) : fixed(text);
    return { tree, level: LEVEL.primary, needs: union(...args.map((made) => made.needs)) };
  }
}

export function primary(text: string): Made {
  return { tree: fixed(text), level: LEVEL.primary, needs: [] };
}

export function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
