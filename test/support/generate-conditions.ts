import { BUILTINS } from '../../src/dsl/builtins/registry.ts';
import { BOOL, STRING, type Type } from '../../src/dsl/types/types.ts';
import { AtomMaker } from './generate-atoms.ts';
import { type Path, pathsOfName } from './generate-paths.ts';
import { condition, type Tree, textOf } from './generate-tree.ts';
import { LEVEL, type Made, type Place, primary, union } from './generate-values.ts';

/** Generates conditions for one place. */
export class ConditionMaker extends AtomMaker {
  /** A condition that checks at its place; `size` bounds how deep it grows. */
  condition(size: number): Tree {
    return this.makeCondition(size).tree;
  }

  /** A condition that names a literal, as rules for one subject or one kind of thing do. */
  naming(): Tree {
    const paths = this.place.paths.filter(canBeNamed);
    for (let tries = 0; tries < 6 && paths.length > 0; tries += 1) {
      const path = this.pickPath(paths);
      const made =
        path.type.kind === 'set'
          ? this.comparisonOf(path.text, path.type, 0)
          : this.equality(primary(path.text), path.type, 0);
      if (made !== undefined) return this.tested({ ...made, needs: union(this.open(path), made.needs) }).tree;
    }
    return this.condition(0);
  }

  protected override with(change: Partial<Place>): ConditionMaker {
    return new ConditionMaker(this.chance, { ...this.place, ...change });
  }

  protected knowing(paths: readonly string[]): ConditionMaker {
    return this.with({ known: new Set([...this.place.known, ...paths]) });
  }

  protected makeCondition(size: number): Made {
    const chance = this.chance;
    if (size <= 0) return this.tested(this.atom(1));
    const shape = chance.weighted([
      [4, 'and'] as const,
      [4, 'or'] as const,
      [2, 'not'] as const,
      [1, 'implies'] as const,
      [3, 'tested'] as const,
      [this.place.quantified < 3 ? 2 : 0, 'quantifier'] as const,
      [5, 'atom'] as const,
    ]);
    switch (shape) {
      case 'and':
      case 'or':
        return this.join(shape, this.makeCondition(size - 1), this.makeCondition(size - 1));
      case 'not':
        return this.not(this.with({ lenient: false }).makeCondition(size - 1));
      case 'implies':
        return this.join(
          'implies',
          this.with({ lenient: false }).makeCondition(size - 1),
          this.makeCondition(size - 1),
        );
      case 'tested':
        return this.testedPath(size) ?? this.tested(this.atom(size));
      case 'quantifier':
        return this.tested(this.quantifier(size) ?? this.atom(size));
      case 'atom':
        return this.tested(this.atom(size));
    }
  }

  protected join(operator: 'and' | 'or' | 'implies', left: Made, right: Made): Made {
    const level = LEVEL[operator];
    // `implies` leans to the right, the others to the left.
    const [leftLevel, rightLevel] = operator === 'implies' ? [level + 1, level] : [level, level + 1];
    const tree = condition(this.wrapped(left, leftLevel), ` ${operator} `, this.wrapped(right, rightLevel));
    return { tree, level, needs: [] };
  }

  protected not(operand: Made): Made {
    return {
      tree: condition('not ', this.wrapped(operand, LEVEL.not)),
      level: LEVEL.not,
      needs: operand.needs,
    };
  }

  /** Tests what must be there, in one of the ways that make it known. */
  protected tested(made: Made): Made {
    if (made.needs.length === 0) return made;
    const tests = made.needs
      .map((one) => this.has(one))
      .reduce((left, right) => this.join('and', left, right));
    const bare = { ...made, needs: [] };
    return this.chance.weighted([
      [5, () => this.join('and', tests, bare)] as const,
      [2, () => this.join('or', this.not(tests), bare)] as const,
      [1, () => this.join('implies', tests, bare)] as const,
    ])();
  }

  /** `has path and (…)`, the path being known in what follows. */
  protected testedPath(size: number): Made | undefined {
    const strict = this.with({ lenient: false });
    const optionals = this.place.paths.filter((one) => strict.open(one).length > 0);
    if (optionals.length === 0) return undefined;
    const path = this.chance.pick(optionals);
    const guards = strict.open(path);
    const tests = guards.map((one) => this.has(one)).reduce((left, right) => this.join('and', left, right));
    const inner = this.knowing(guards);
    const about = inner.tested(inner.comparisonOf(path.text, path.type, size) ?? inner.atom(size));
    const more = this.chance.percent(40) ? inner.join('and', about, inner.makeCondition(size - 1)) : about;
    return this.join('and', tests, more);
  }

  protected quantifier(size: number): Made | undefined {
    const place = this.place;
    const paths = place.paths.filter(
      ({ type }) => (type.kind === 'set' || type.kind === 'list' || type.kind === 'map') && hasElements(type),
    );
    if (paths.length === 0) return undefined;
    // What is quantified over is read for certain.
    const strict = this.with({ lenient: false });
    const path = this.pickPath(paths);
    const { type } = path;
    const element = type.kind === 'map' ? type.key : (type as { element: Type }).element;
    const name = ['one', 'two', 'three'][place.quantified] as string;
    const inner = this.with({
      paths: [...place.paths, ...pathsOfName(place.schema, name, element)],
      quantified: place.quantified + 1,
    });
    const about = this.chance.percent(60) ? inner.comparisonOf(name, element, size) : undefined;
    const own = about === undefined ? inner.makeCondition(size - 1) : inner.tested(about);
    const body = this.chance.percent(30) ? inner.join('or', own, inner.makeCondition(size - 2)) : own;
    const head = `${this.chance.pick(['any', 'every'])} ${name} in ${path.text}: (`;
    return { tree: condition(head, body.tree, ')'), level: LEVEL.primary, needs: strict.open(path) };
  }

  protected atom(size: number): Made {
    const chance = this.chance;
    const place = this.place;
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
      const made = this.atomOf(shape, size);
      if (made !== undefined) return made;
    }
    return { tree: condition(chance.pick(['true', 'false'])), level: LEVEL.primary, needs: [] };
  }

  protected atomOf(shape: string, size: number): Made | undefined {
    const chance = this.chance;
    const place = this.place;
    switch (shape) {
      case 'comparison': {
        if (place.paths.length === 0) return undefined;
        const path = this.pickPath(place.paths);
        const made = this.comparisonOf(path.text, path.type, size);
        return made && { ...made, needs: union(this.open(path), made.needs) };
      }
      case 'presence':
        return this.presence();
      case 'builtin':
        return chance.percent(50) ? this.call(BOOL, size) : this.aboutCall(size);
      case 'let':
        return this.useLet(BOOL, size);
      case 'risk': {
        const operator = chance.pick(['>=', '>', '<', '<=', '==', '!=']);
        const threshold = String(chance.pick([0, 30, 50, 80, 100]));
        const text = chance.percent(75) ? `risk ${operator} ${threshold}` : `${threshold} ${operator} risk`;
        return { tree: condition(text), level: LEVEL.comparison, needs: [] };
      }
      case 'overlap':
        return this.overlap(size);
      case 'narrowed':
        return this.narrowed(size);
      case 'now':
        return this.aboutNow(size);
      case 'closure': {
        const closures = place.paths.filter(({ text }) => /\.(ancestors|memberships)$/.test(text));
        if (closures.length === 0) return undefined;
        const path = this.pickPath(closures);
        const made = this.comparisonOf(path.text, path.type, size);
        return made && { ...made, needs: union(this.open(path), made.needs) };
      }
      default: {
        const type = chance.pick<Type>([
          { kind: 'int' },
          { kind: 'float' },
          { kind: 'duration' },
          { kind: 'time' },
          STRING,
        ]);
        const left = this.makeValue(type, size);
        const right = this.makeValue(type, size);
        return left && right && this.compare(chance.pick(['==', '!=', '<', '<=', '>', '>=']), left, right);
      }
    }
  }

  /** A comparison with what a builtin returns, each builtin alike, or the question whether it returns anything. */
  protected aboutCall(size: number): Made | undefined {
    const builtin = this.chance.pick(BUILTINS);
    const made = this.callOf(builtin, size);
    if (made === undefined) return undefined;
    if (builtin.mayBeAbsent && this.chance.percent(30)) {
      const text = textOf(made.tree);
      return { ...this.has(text), needs: made.needs.filter((one) => one !== text) };
    }
    if (builtin.returns.kind === 'bool') return made;
    const right = this.makeValue(builtin.returns, size - 1, 'typed');
    const operator = this.chance.pick(['==', '!=', '<', '<=', '>', '>=']);
    return right && this.compare(operator, made, right);
  }

  /** `x is user and x.label == …`. */
  protected narrowed(size: number): Made | undefined {
    const unions = this.place.paths.filter(
      ({ type }) =>
        type.kind === 'reference' &&
        type.entities.length > 1 &&
        type.entities.every((one) => this.place.schema.entities.has(one)),
    );
    const path = unions.length === 0 ? undefined : this.chance.pick(unions);
    if (path === undefined || path.text === 'subject' || path.text === 'resource') return undefined;
    const entity = this.chance.pick((path.type as { entities: readonly string[] }).entities);
    const open = this.open(path);
    // From here on it is of the one type, by whatever name.
    const type: Type = { kind: 'reference', entities: [entity] };
    const name = path.stands ?? path.text;
    const narrowed = this.place.paths.map((one) =>
      (one.stands ?? one.text) === name ? { ...one, type } : one,
    );
    const inner = this.with({ paths: narrowed }).knowing(open);
    const fields = pathsOfName(this.place.schema, path.text, type);
    const field = this.chance.pick(fields);
    const about = inner.comparisonOf(field.text, field.type, size);
    if (about === undefined) return undefined;
    const guarded = inner.tested({ ...about, needs: union(inner.open(field), about.needs) });
    const is: Made = { tree: condition(`${path.text} is ${entity}`), level: LEVEL.comparison, needs: [] };
    return { ...this.join('and', is, guarded), needs: open };
  }
}

/** Whether a condition can name a literal that the path is, or holds. */
export function canBeNamed({ type }: Path): boolean {
  const kind = type.kind === 'set' ? type.element.kind : type.kind;
  return ['enum', 'string', 'int', 'reference'].includes(kind);
}

function hasElements(type: Type): boolean {
  return type.kind === 'map' || type.kind === 'set' || type.kind === 'list';
}
