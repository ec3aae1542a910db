import { sameType, type Type } from '../../src/dsl/types/types.ts';
import { hasLiteral } from './generate-literals.ts';
import { condition, fixed, textOf } from './generate-tree.ts';
import { LEVEL, type Made, type Place, primary, union, ValueMaker } from './generate-values.ts';

/** Generates conditions that hold no conditions. */
export abstract class AtomMaker extends ValueMaker {
  protected abstract override with(change: Partial<Place>): AtomMaker;

  protected has(path: string): Made {
    return { tree: condition(`has ${path}`), level: LEVEL.primary, needs: [] };
  }

  protected presence(): Made | undefined {
    const chance = this.chance;
    const { paths, schema } = this.place;
    if (chance.percent(50)) {
      const optionals = paths.filter((one) => one.guards.includes(one.text));
      if (optionals.length === 0) return undefined;
      const path = chance.pick(optionals);
      return { ...this.has(path.text), needs: [] };
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
    const needs = this.with({ lenient: false })
      .open(path)
      .filter((one) => one !== path.text);
    return { tree: condition(`exists ${path.text}`), level: LEVEL.primary, needs };
  }

  /** A comparison that time turns over. */
  protected aboutNow(size: number): Made | undefined {
    const chance = this.chance;
    const operator = chance.pick(['<', '<=', '>', '>=', '==', '!=']);
    const times = this.place.paths.filter(({ type }) => type.kind === 'time');
    const time =
      times.length === 0 ? this.literal({ kind: 'time' }, 'untyped') : this.read(this.pickPath(times));
    const duration = this.makeValue({ kind: 'duration' }, 0);
    if (duration === undefined) return undefined;
    const sum = (left: Made, sign: string, right: Made): Made => ({
      tree: fixed(this.wrapped(left, LEVEL.sum), ` ${sign} `, this.wrapped(right, LEVEL.product)),
      level: LEVEL.sum,
      needs: union(left.needs, right.needs),
    });
    const now = primary('now');
    switch (chance.integer(1, 5)) {
      case 1:
        return this.compare(operator, sum(now, '-', time), duration);
      case 2:
        return this.compare(operator, duration, sum(time, '-', now));
      case 3:
        return this.compare(operator, sum(now, chance.pick(['+', '-']), duration), time);
      case 4: {
        const zone = chance.pick(['"UTC"', '"Europe/Vienna"', '"Asia/Kolkata"']);
        const family = chance.pick(['hour', 'weekday', 'of_day']);
        const type: Type = { kind: family === 'of_day' ? 'duration' : 'int' };
        const right = this.makeValue(type, size - 1);
        return right && this.compare(operator, primary(`time.${family}(now, ${zone})`), right);
      }
      default:
        return this.compare(operator, time, now);
    }
  }

  protected compare(operator: string, left: Made, right: Made): Made {
    const tree = condition(
      this.wrapped(left, LEVEL.comparison + 1),
      ` ${operator} `,
      this.wrapped(right, LEVEL.comparison + 1),
    );
    return { tree, level: LEVEL.comparison, needs: union(left.needs, right.needs) };
  }

  /** A condition about what a text of this type holds. */
  protected comparisonOf(text: string, type: Type, size: number): Made | undefined {
    const chance = this.chance;
    const { schema } = this.place;
    const made = primary(text);
    switch (type.kind) {
      case 'bool':
        if (chance.percent(50)) return { ...made, tree: condition(text) };
        return this.compare(chance.pick(['==', '!=']), made, primary(chance.pick(['true', 'false'])));
      case 'reference':
        if (chance.percent(type.entities.length > 1 ? 40 : 10)) {
          return {
            tree: condition(`${text} is ${chance.pick(type.entities)}`),
            level: LEVEL.comparison,
            needs: [],
          };
        }
        return this.equality(made, type, size);
      case 'ip': {
        const network = chance.percent(60) ? this.makeValue({ kind: 'cidr' }, size) : undefined;
        return network === undefined ? this.equality(made, type, size) : this.compare('in', made, network);
      }
      case 'string':
        if (chance.percent(25)) {
          const pattern = chance.pick(['"a.*"', '"[ab]+"', 'r"a|b"', '"(?i)fr"', '""']);
          return { tree: condition(`${text} matches ${pattern}`), level: LEVEL.comparison, needs: [] };
        }
        return chance.percent(30) ? this.order(made, type, size) : this.equality(made, type, size);
      case 'int':
      case 'float':
      case 'time':
      case 'duration':
        return chance.percent(60) ? this.order(made, type, size) : this.equality(made, type, size);
      case 'enum':
        return schema.enums.get(type.name)?.ordered === true && chance.percent(60)
          ? this.order(made, type, size)
          : this.equality(made, type, size);
      case 'set':
      case 'list': {
        if (!hasEquality(type.element)) return undefined;
        const element = this.makeValue(type.element, size, 'typed');
        if (element === undefined) return undefined;
        return chance.percent(50)
          ? this.compare('contains', made, element)
          : this.compare('in', element, made);
      }
      case 'map': {
        // What is tested by `has` must be a path, keys included.
        const key = this.makeValue(type.key, 0, 'typed');
        if (key === undefined) return undefined;
        const keyed = `${text}[${textOf(key.tree)}]`;
        if (chance.percent(30)) return { ...this.has(keyed), needs: key.needs };
        const about = this.comparisonOf(keyed, type.value, size);
        const isOpen = !this.place.lenient && !this.place.known.has(keyed);
        return about && { ...about, needs: union(key.needs, isOpen ? [keyed] : [], about.needs) };
      }
      default:
        return hasEquality(type) ? this.equality(made, type, size) : undefined;
    }
  }

  protected order(left: Made, type: Type, size: number): Made | undefined {
    const right = this.makeValue(type, size, 'typed');
    return right && this.compare(this.chance.pick(['<', '<=', '>', '>=']), left, right);
  }

  /** `==`, `!=`, or membership of a literal collection. */
  protected equality(left: Made, type: Type, size: number): Made | undefined {
    const chance = this.chance;
    // What a union has been narrowed to elsewhere says which references may stand in a list beside it.
    const isUnion = type.kind === 'reference' && type.entities.length > 1;
    if (!isUnion && hasLiteral(type, this.place.schema) && chance.percent(30)) {
      const count = chance.integer(1, 3);
      const items: Made[] = [];
      for (let index = 0; index < count; index += 1) {
        const item = chance.percent(60) ? this.literal(type, 'typed') : this.makeValue(type, size, 'typed');
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
        return this.compare('in', left, list);
      }
    }
    const right = this.makeValue(type, size, 'typed');
    return right && this.compare(chance.weighted([[3, '=='] as const, [1, '!='] as const]), left, right);
  }

  protected overlap(size: number): Made | undefined {
    const chance = this.chance;
    const collections = this.place.paths.filter(
      ({ type }) => (type.kind === 'set' || type.kind === 'list') && hasEquality(type.element),
    );
    if (collections.length === 0) return undefined;
    const left = this.pickPath(collections);
    const { element } = left.type as { element: Type };
    const like = collections.filter(({ type }) => sameType((type as { element: Type }).element, element));
    const right = chance.percent(50) ? this.read(chance.pick(like)) : this.collection(element, size);
    if (right === undefined) return undefined;
    const operator = chance.pick(['contains any', 'contains all']);
    return this.compare(operator, this.read(left), right);
  }

  protected collection(element: Type, size: number): Made | undefined {
    const items = [1, 2].map(() => this.makeValue(element, size, 'typed')).filter((one) => one !== undefined);
    if (items.length === 0) return undefined;
    const trees = items.flatMap((item, index) => (index === 0 ? [item.tree] : [', ', item.tree]));
    const [open, close] = this.chance.pick([
      ['[', ']'],
      ['{', '}'],
    ] as const);
    return {
      tree: fixed(open, ...trees, close),
      level: LEVEL.primary,
      needs: union(...items.map((one) => one.needs)),
    };
  }
}

function hasEquality(type: Type): boolean {
  return !['set', 'list', 'map', 'record', 'risk'].includes(type.kind);
}
