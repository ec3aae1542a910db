import type { Builtin, ParameterType } from '../../src/dsl/builtins/builtin.ts';
import { BUILTINS } from '../../src/dsl/builtins/registry.ts';
import { BOOL, STRING, sameType, type Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';
import { hasLiteral, literal } from './generate-literals.ts';
import { type Path, pathsOfName } from './generate-paths.ts';
import type { SchemaModel } from './generate-schema.ts';
import { condition, fixed, type Tree } from './generate-tree.ts';

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
interface Made {
  readonly tree: Tree;
  readonly level: number;
  readonly needs: readonly string[];
}

const LEVEL = {
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

/** Generates conditions and values for one place. */
export class ConditionMaker {
  readonly #chance: Chance;
  readonly #place: Place;

  constructor(chance: Chance, place: Place) {
    this.#chance = chance;
    this.#place = place;
  }

  /** A condition that checks at its place; `size` bounds how deep it grows. */
  condition(size: number): Tree {
    return this.#condition(size).tree;
  }

  /** A value that can be read untested, if the place has one. */
  value(type: Type, size: number): Tree | undefined {
    for (let tries = 0; tries < 4; tries += 1) {
      const made = this.#value(type, size);
      if (made !== undefined && made.needs.length === 0) return made.tree;
    }
    return undefined;
  }

  #with(change: Partial<Place>): ConditionMaker {
    return new ConditionMaker(this.#chance, { ...this.#place, ...change });
  }

  #knowing(paths: readonly string[]): ConditionMaker {
    return this.#with({ known: new Set([...this.#place.known, ...paths]) });
  }

  // ------------------------------------------------------------------------------------------------ conditions

  #condition(size: number): Made {
    const chance = this.#chance;
    if (size <= 0) return this.#tested(this.#atom(1));
    const shape = chance.weighted([
      [4, 'and'] as const,
      [4, 'or'] as const,
      [2, 'not'] as const,
      [1, 'implies'] as const,
      [3, 'tested'] as const,
      [this.#place.quantified < 3 ? 2 : 0, 'quantifier'] as const,
      [5, 'atom'] as const,
    ]);
    switch (shape) {
      case 'and':
      case 'or':
        return this.#join(shape, this.#condition(size - 1), this.#condition(size - 1));
      case 'not':
        return this.#not(this.#with({ lenient: false }).#condition(size - 1));
      case 'implies':
        return this.#join(
          'implies',
          this.#with({ lenient: false }).#condition(size - 1),
          this.#condition(size - 1),
        );
      case 'tested':
        return this.#testedPath(size) ?? this.#tested(this.#atom(size));
      case 'quantifier':
        return this.#tested(this.#quantifier(size) ?? this.#atom(size));
      case 'atom':
        return this.#tested(this.#atom(size));
    }
  }

  #join(operator: 'and' | 'or' | 'implies', left: Made, right: Made): Made {
    const level = LEVEL[operator];
    // `implies` leans to the right, the others to the left.
    const [leftLevel, rightLevel] = operator === 'implies' ? [level + 1, level] : [level, level + 1];
    const tree = condition(this.#wrapped(left, leftLevel), ` ${operator} `, this.#wrapped(right, rightLevel));
    return { tree, level, needs: [] };
  }

  #not(operand: Made): Made {
    return {
      tree: condition('not ', this.#wrapped(operand, LEVEL.not)),
      level: LEVEL.not,
      needs: operand.needs,
    };
  }

  /** In parentheses where the place needs them, and now and then where it does not. */
  #wrapped(made: Made, least: number): Tree {
    return made.level >= least && !this.#chance.percent(12) ? made.tree : fixed('(', made.tree, ')');
  }

  /** Tests what must be there, in one of the ways that make it known. */
  #tested(made: Made): Made {
    if (made.needs.length === 0) return made;
    const tests = made.needs
      .map((one) => this.#has(one))
      .reduce((left, right) => this.#join('and', left, right));
    const bare = { ...made, needs: [] };
    return this.#chance.weighted([
      [5, () => this.#join('and', tests, bare)] as const,
      [2, () => this.#join('or', this.#not(tests), bare)] as const,
      [1, () => this.#join('implies', tests, bare)] as const,
    ])();
  }

  #has(path: string): Made {
    return { tree: condition(`has ${path}`), level: LEVEL.primary, needs: [] };
  }

  /** `has path and (…)`, the path being known in what follows. */
  #testedPath(size: number): Made | undefined {
    const strict = this.#with({ lenient: false });
    const optionals = this.#place.paths.filter((one) => strict.#open(one).length > 0);
    if (optionals.length === 0) return undefined;
    const path = this.#chance.pick(optionals);
    const guards = strict.#open(path);
    const tests = guards.map((one) => this.#has(one)).reduce((left, right) => this.#join('and', left, right));
    const inner = this.#knowing(guards);
    const about = inner.#tested(inner.#comparisonOf(path.text, path.type, size) ?? inner.#atom(size));
    const more = this.#chance.percent(40) ? inner.#join('and', about, inner.#condition(size - 1)) : about;
    return this.#join('and', tests, more);
  }

  /** The guards of a path that its reading would have to test here. */
  #open(path: Path): string[] {
    const { known, lenient } = this.#place;
    return path.guards.filter((one) => !known.has(one) && (!lenient || path.uncommon.includes(one)));
  }

  #quantifier(size: number): Made | undefined {
    const place = this.#place;
    const paths = place.paths.filter(
      ({ type }) => (type.kind === 'set' || type.kind === 'list' || type.kind === 'map') && hasElements(type),
    );
    if (paths.length === 0) return undefined;
    // What is quantified over is read for certain.
    const strict = this.#with({ lenient: false });
    const path = this.#pickPath(paths);
    const { type } = path;
    const element = type.kind === 'map' ? type.key : (type as { element: Type }).element;
    const name = ['one', 'two', 'three'][place.quantified] as string;
    const inner = this.#with({
      paths: [...place.paths, ...pathsOfName(place.schema, name, element)],
      quantified: place.quantified + 1,
    });
    const about = this.#chance.percent(60) ? inner.#comparisonOf(name, element, size) : undefined;
    const own = about === undefined ? inner.#condition(size - 1) : inner.#tested(about);
    const body = this.#chance.percent(30) ? inner.#join('or', own, inner.#condition(size - 2)) : own;
    const head = `${this.#chance.pick(['any', 'every'])} ${name} in ${path.text}: (`;
    return { tree: condition(head, body.tree, ')'), level: LEVEL.primary, needs: strict.#open(path) };
  }

  #atom(size: number): Made {
    const chance = this.#chance;
    const place = this.#place;
    for (let tries = 0; tries < 6; tries += 1) {
      const shape = chance.weighted([
        [10, 'comparison'] as const,
        [4, 'presence'] as const,
        [4, 'builtin'] as const,
        [place.lets.length > 0 ? 4 : 0, 'let'] as const,
        [place.readsRisk ? 1 : 0, 'risk'] as const,
        [2, 'overlap'] as const,
        [2, 'closure'] as const,
        [3, 'now'] as const,
        [1, 'narrowed'] as const,
        [1, 'literals'] as const,
      ]);
      const made = this.#atomOf(shape, size);
      if (made !== undefined) return made;
    }
    return { tree: condition(chance.pick(['true', 'false'])), level: LEVEL.primary, needs: [] };
  }

  #atomOf(shape: string, size: number): Made | undefined {
    const chance = this.#chance;
    const place = this.#place;
    switch (shape) {
      case 'comparison': {
        if (place.paths.length === 0) return undefined;
        const path = this.#pickPath(place.paths);
        const made = this.#comparisonOf(path.text, path.type, size);
        return made && { ...made, needs: union(this.#open(path), made.needs) };
      }
      case 'presence':
        return this.#presence();
      case 'builtin':
        return this.#call(BOOL, size);
      case 'let':
        return this.#useLet(BOOL, size);
      case 'risk': {
        const operator = chance.pick(['>=', '>', '<', '<=', '==', '!=']);
        const threshold = String(chance.pick([0, 30, 50, 80, 100]));
        const text = chance.percent(75) ? `risk ${operator} ${threshold}` : `${threshold} ${operator} risk`;
        return { tree: condition(text), level: LEVEL.comparison, needs: [] };
      }
      case 'overlap':
        return this.#overlap(size);
      case 'narrowed':
        return this.#narrowed(size);
      case 'now':
        return this.#aboutNow(size);
      case 'closure': {
        const closures = place.paths.filter(({ text }) => /\.(ancestors|memberships)$/.test(text));
        if (closures.length === 0) return undefined;
        const path = this.#pickPath(closures);
        const made = this.#comparisonOf(path.text, path.type, size);
        return made && { ...made, needs: union(this.#open(path), made.needs) };
      }
      default: {
        const type = chance.pick<Type>([
          { kind: 'int' },
          { kind: 'float' },
          { kind: 'duration' },
          { kind: 'time' },
          STRING,
        ]);
        const left = this.#value(type, size);
        const right = this.#value(type, size);
        return left && right && this.#compare(chance.pick(['==', '!=', '<', '<=', '>', '>=']), left, right);
      }
    }
  }

  /** Of all kinds of values alike, of short paths and of those that can be read untested more often. */
  #pickPath(paths: readonly Path[]): Path {
    const chance = this.#chance;
    const kind = chance.pick([...new Set(paths.map((one) => one.type.kind))]);
    const ofKind = paths.filter((one) => chance.percent(30) || one.type.kind === kind);
    const cost = (one: Path): number => one.text.length + 10 * this.#open(one).length;
    const [first, second] = [
      chance.pick(ofKind.length === 0 ? paths : ofKind),
      chance.pick(ofKind.length === 0 ? paths : ofKind),
    ];
    return cost(first) < cost(second) ? first : second;
  }

  /** A comparison that time turns over. */
  #aboutNow(size: number): Made | undefined {
    const chance = this.#chance;
    const operator = chance.pick(['<', '<=', '>', '>=', '==', '!=']);
    const times = this.#place.paths.filter(({ type }) => type.kind === 'time');
    const time =
      times.length === 0 ? this.#literal({ kind: 'time' }, 'untyped') : this.#read(this.#pickPath(times));
    const duration = this.#value({ kind: 'duration' }, 0);
    if (duration === undefined) return undefined;
    const sum = (left: Made, sign: string, right: Made): Made => ({
      tree: fixed(this.#wrapped(left, LEVEL.sum), ` ${sign} `, this.#wrapped(right, LEVEL.product)),
      level: LEVEL.sum,
      needs: union(left.needs, right.needs),
    });
    const now = primary('now');
    switch (chance.integer(1, 5)) {
      case 1:
        return this.#compare(operator, sum(now, '-', time), duration);
      case 2:
        return this.#compare(operator, duration, sum(time, '-', now));
      case 3:
        return this.#compare(operator, sum(now, chance.pick(['+', '-']), duration), time);
      case 4: {
        const zone = chance.pick(['"UTC"', '"Europe/Vienna"', '"Asia/Kolkata"']);
        const family = chance.pick(['hour', 'weekday', 'of_day']);
        const type: Type = { kind: family === 'of_day' ? 'duration' : 'int' };
        const right = this.#value(type, size - 1);
        return right && this.#compare(operator, primary(`time.${family}(now, ${zone})`), right);
      }
      default:
        return this.#compare(operator, time, now);
    }
  }

  #presence(): Made | undefined {
    const chance = this.#chance;
    const { paths, schema } = this.#place;
    if (chance.percent(50)) {
      const optionals = paths.filter((one) => one.guards.includes(one.text));
      if (optionals.length === 0) return undefined;
      const path = chance.pick(optionals);
      return { ...this.#has(path.text), needs: [] };
    }
    const references = paths.filter(
      ({ text, type }) =>
        type.kind === 'reference' &&
        /\./.test(text) &&
        type.entities.every((one) => schema.entities.has(one)),
    );
    if (references.length === 0) return undefined;
    const path = chance.pick(references);
    // The last step may be absent: then nothing exists there.
    const needs = this.#with({ lenient: false })
      .#open(path)
      .filter((one) => one !== path.text);
    return { tree: condition(`exists ${path.text}`), level: LEVEL.primary, needs };
  }

  #compare(operator: string, left: Made, right: Made): Made {
    const tree = condition(
      this.#wrapped(left, LEVEL.comparison + 1),
      ` ${operator} `,
      this.#wrapped(right, LEVEL.comparison + 1),
    );
    return { tree, level: LEVEL.comparison, needs: union(left.needs, right.needs) };
  }

  /** A condition about what a text of this type holds. */
  #comparisonOf(text: string, type: Type, size: number): Made | undefined {
    const chance = this.#chance;
    const { schema } = this.#place;
    const made = primary(text);
    switch (type.kind) {
      case 'bool':
        if (chance.percent(50)) return { ...made, tree: condition(text) };
        return this.#compare(chance.pick(['==', '!=']), made, primary(chance.pick(['true', 'false'])));
      case 'reference':
        if (chance.percent(type.entities.length > 1 ? 40 : 10)) {
          return {
            tree: condition(`${text} is ${chance.pick(type.entities)}`),
            level: LEVEL.comparison,
            needs: [],
          };
        }
        return this.#equality(made, type, size);
      case 'ip': {
        const network = chance.percent(60) ? this.#value({ kind: 'cidr' }, size) : undefined;
        return network === undefined ? this.#equality(made, type, size) : this.#compare('in', made, network);
      }
      case 'string':
        if (chance.percent(25)) {
          const pattern = chance.pick(['"a.*"', '"[ab]+"', 'r"a|b"', '"(?i)fr"', '""']);
          return { tree: condition(`${text} matches ${pattern}`), level: LEVEL.comparison, needs: [] };
        }
        return chance.percent(30) ? this.#order(made, type, size) : this.#equality(made, type, size);
      case 'int':
      case 'float':
      case 'time':
      case 'duration':
        return chance.percent(60) ? this.#order(made, type, size) : this.#equality(made, type, size);
      case 'enum':
        return schema.enums.get(type.name)?.ordered === true && chance.percent(60)
          ? this.#order(made, type, size)
          : this.#equality(made, type, size);
      case 'set':
      case 'list': {
        if (!hasEquality(type.element)) return undefined;
        const element = this.#value(type.element, size, 'typed');
        if (element === undefined) return undefined;
        return chance.percent(50)
          ? this.#compare('contains', made, element)
          : this.#compare('in', element, made);
      }
      case 'map': {
        // What is tested by `has` must be a path, keys included.
        const key = this.#value(type.key, 0, 'typed');
        if (key === undefined) return undefined;
        const keyed = `${text}[${textOf(key)}]`;
        if (chance.percent(30)) return { ...this.#has(keyed), needs: key.needs };
        const about = this.#comparisonOf(keyed, type.value, size);
        const isOpen = !this.#place.lenient && !this.#place.known.has(keyed);
        return about && { ...about, needs: union(key.needs, isOpen ? [keyed] : [], about.needs) };
      }
      default:
        return hasEquality(type) ? this.#equality(made, type, size) : undefined;
    }
  }

  #order(left: Made, type: Type, size: number): Made | undefined {
    const right = this.#value(type, size, 'typed');
    return right && this.#compare(this.#chance.pick(['<', '<=', '>', '>=']), left, right);
  }

  /** `==`, `!=`, or membership of a literal collection. */
  #equality(left: Made, type: Type, size: number): Made | undefined {
    const chance = this.#chance;
    // What a union has been narrowed to elsewhere says which references may stand in a list beside it.
    const isUnion = type.kind === 'reference' && type.entities.length > 1;
    if (!isUnion && hasLiteral(type, this.#place.schema) && chance.percent(30)) {
      const count = chance.integer(1, 3);
      const items: Made[] = [];
      for (let index = 0; index < count; index += 1) {
        const item = chance.percent(60) ? this.#literal(type, 'typed') : this.#value(type, size, 'typed');
        if (item !== undefined) items.push(item);
      }
      const [open, close] = chance.pick([
        ['[', ']'],
        ['{', '}'],
      ] as const);
      if (items.length > 0) {
        const trees = items.flatMap((item, index) => (index === 0 ? [item.tree] : [', ', item.tree]));
        const needs = union(...items.map((item) => item.needs));
        const list = { tree: fixed(open, ...trees, close), level: LEVEL.primary, needs };
        return this.#compare('in', left, list);
      }
    }
    const right = this.#value(type, size, 'typed');
    return right && this.#compare(chance.weighted([[3, '=='] as const, [1, '!='] as const]), left, right);
  }

  #overlap(size: number): Made | undefined {
    const chance = this.#chance;
    const collections = this.#place.paths.filter(
      ({ type }) => (type.kind === 'set' || type.kind === 'list') && hasEquality(type.element),
    );
    if (collections.length === 0) return undefined;
    const left = this.#pickPath(collections);
    const { element } = left.type as { element: Type };
    const like = collections.filter(({ type }) => sameType((type as { element: Type }).element, element));
    const right = chance.percent(50) ? this.#read(chance.pick(like)) : this.#collection(element, size);
    if (right === undefined) return undefined;
    const operator = chance.pick(['contains any', 'contains all']);
    return this.#compare(operator, this.#read(left), right);
  }

  #collection(element: Type, size: number): Made | undefined {
    const items = [1, 2].map(() => this.#value(element, size, 'typed')).filter((one) => one !== undefined);
    if (items.length === 0) return undefined;
    const trees = items.flatMap((item, index) => (index === 0 ? [item.tree] : [', ', item.tree]));
    const [open, close] = this.#chance.pick([
      ['[', ']'],
      ['{', '}'],
    ] as const);
    return {
      tree: fixed(open, ...trees, close),
      level: LEVEL.primary,
      needs: union(...items.map((one) => one.needs)),
    };
  }

  /** `x is user and x.label == …`. */
  #narrowed(size: number): Made | undefined {
    const unions = this.#place.paths.filter(
      ({ type }) =>
        type.kind === 'reference' &&
        type.entities.length > 1 &&
        type.entities.every((one) => this.#place.schema.entities.has(one)),
    );
    const path = unions.length === 0 ? undefined : this.#chance.pick(unions);
    if (path === undefined || path.text === 'subject' || path.text === 'resource') return undefined;
    const entity = this.#chance.pick((path.type as { entities: readonly string[] }).entities);
    const open = this.#open(path);
    // From here on it is of the one type, by whatever name.
    const type: Type = { kind: 'reference', entities: [entity] };
    const name = path.stands ?? path.text;
    const narrowed = this.#place.paths.map((one) =>
      (one.stands ?? one.text) === name ? { ...one, type } : one,
    );
    const inner = this.#with({ paths: narrowed }).#knowing(open);
    const fields = pathsOfName(this.#place.schema, path.text, type);
    const field = this.#chance.pick(fields);
    const about = inner.#comparisonOf(field.text, field.type, size);
    if (about === undefined) return undefined;
    const guarded = inner.#tested({ ...about, needs: union(inner.#open(field), about.needs) });
    const is: Made = { tree: condition(`${path.text} is ${entity}`), level: LEVEL.comparison, needs: [] };
    return { ...this.#join('and', is, guarded), needs: open };
  }

  // ---------------------------------------------------------------------------------------------------- values

  #value(type: Type, size: number, place: 'typed' | 'untyped' = 'untyped'): Made | undefined {
    const chance = this.#chance;
    const options: (readonly [number, () => Made | undefined])[] = [];
    if (hasLiteral(type, this.#place.schema)) options.push([5, () => this.#literal(type, place)]);
    const paths = this.#place.paths.filter((one) => sameType(one.type, type));
    if (paths.length > 0) options.push([5, () => this.#read(chance.pick(paths))]);
    if (size > 0) {
      if (['int', 'float', 'time', 'duration'].includes(type.kind))
        options.push([2, () => this.#arithmetic(type, size)]);
      options.push([1, () => this.#call(type, size)]);
      if (this.#place.lets.length > 0) options.push([2, () => this.#useLet(type, size)]);
    }
    if (type.kind === 'time') options.push([5, () => primary('now')]);
    if (options.length === 0) return undefined;
    return chance.weighted(options)();
  }

  #literal(type: Type, place: 'typed' | 'untyped'): Made {
    const text = literal(this.#chance, type, this.#place.schema, place);
    return text.startsWith('-') ? { ...primary(text), level: LEVEL.negative } : primary(text);
  }

  #read(path: Path): Made {
    return { ...primary(path.text), needs: this.#open(path) };
  }

  #arithmetic(type: Type, size: number): Made | undefined {
    const chance = this.#chance;
    if (type.kind !== 'time' && chance.percent(20)) {
      const operand = this.#value(type, size - 1);
      if (operand === undefined) return undefined;
      return { ...operand, tree: fixed('-', this.#wrapped(operand, LEVEL.primary)), level: LEVEL.negative };
    }
    const duration: Type = { kind: 'duration' };
    const [leftType, operator, rightType]: [Type, string, Type] =
      type.kind === 'time'
        ? [type, chance.pick(['+', '-']), duration]
        : type.kind === 'duration' && chance.percent(40)
          ? [{ kind: 'time' }, '-', { kind: 'time' }]
          : [type, chance.pick(type.kind === 'duration' ? ['+', '-'] : ['+', '-', '*']), type];
    const level = operator === '*' ? LEVEL.product : LEVEL.sum;
    const left = this.#value(leftType, size - 1);
    const right = this.#value(rightType, size - 1);
    if (left === undefined || right === undefined) return undefined;
    const tree = fixed(this.#wrapped(left, level), ` ${operator} `, this.#wrapped(right, level + 1));
    return { tree, level, needs: union(left.needs, right.needs) };
  }

  #call(type: Type, size: number): Made | undefined {
    const builtins = BUILTINS.filter((one) => sameType(one.returns, type));
    if (builtins.length === 0) return undefined;
    const builtin = this.#chance.pick(builtins);
    const args: Made[] = [];
    for (const [index, parameter] of builtin.parameters.entries()) {
      const made = this.#argument(builtin, index, parameter.type, size);
      if (made === undefined) return undefined;
      args.push(made);
    }
    const text = `${builtin.name}(${args.map(textOf).join(', ')})`;
    const needs = union(...args.map((one) => one.needs));
    const isOpen = builtin.mayBeAbsent && !this.#place.lenient && !this.#place.known.has(text);
    const tree = type.kind === 'bool' ? condition(text) : fixed(text);
    return { tree, level: LEVEL.primary, needs: isOpen ? union(needs, [text]) : needs };
  }

  #argument(builtin: Builtin, index: number, type: ParameterType, size: number): Made | undefined {
    if (builtin.literals?.includes(index) === true) {
      const texts = LITERAL_ARGUMENTS[builtin.name];
      if (texts === undefined) throw new Error(`no literals for ${builtin.name}`);
      return primary(this.#chance.pick(texts));
    }
    if (type.kind === 'anyCollection' || type.kind === 'anySet') {
      const kinds = type.kind === 'anySet' ? ['set'] : ['set', 'list', 'map'];
      const paths = this.#place.paths.filter((one) => kinds.includes(one.type.kind));
      return paths.length === 0 ? undefined : this.#read(this.#pickPath(paths));
    }
    if (type.kind === 'record') {
      const wanted = [...type.attributes.keys()];
      const paths = this.#place.paths.filter(
        (one) =>
          one.type.kind === 'record' &&
          wanted.every((name) => one.type.kind === 'record' && one.type.attributes.has(name)),
      );
      return paths.length === 0 ? undefined : this.#read(this.#chance.pick(paths));
    }
    return this.#value(type, size - 1, 'typed');
  }

  #useLet(type: Type, size: number): Made | undefined {
    const lets = this.#place.lets.filter((one) => sameType(one.type, type));
    if (lets.length === 0) return undefined;
    const one = this.#chance.pick(lets);
    if (one.parameters.length === 0) {
      const needs = one.path === undefined ? [] : this.#open(one.path);
      const tree = type.kind === 'bool' ? condition(one.name) : fixed(one.name);
      // The path and the name are the same thing: either may be tested.
      const named = needs.map((need) =>
        need === one.path?.text && this.#chance.percent(50) ? one.name : need,
      );
      return { tree, level: LEVEL.primary, needs: named };
    }
    // What a parameter stands for is read where it stands, so it has to be readable there.
    const strict = this.#with({ lenient: false });
    const args: Made[] = [];
    for (const parameter of one.parameters) {
      const made = strict.#value(parameter.type, size - 1, 'typed');
      if (made === undefined) return undefined;
      args.push(made);
    }
    const text = `${one.name}(${args.map(textOf).join(', ')})`;
    const tree = type.kind === 'bool' ? condition(text) : fixed(text);
    return { tree, level: LEVEL.primary, needs: union(...args.map((made) => made.needs)) };
  }
}

function primary(text: string): Made {
  return { tree: fixed(text), level: LEVEL.primary, needs: [] };
}

function textOf(made: Made): string {
  const render = (tree: string | Tree): string =>
    typeof tree === 'string' ? tree : tree.parts.map(render).join('');
  return render(made.tree);
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

function hasEquality(type: Type): boolean {
  return !['set', 'list', 'map', 'record', 'risk'].includes(type.kind);
}

function hasElements(type: Type): boolean {
  return type.kind === 'map' || type.kind === 'set' || type.kind === 'list';
}
