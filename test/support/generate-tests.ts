import { DEPENDENCIES } from '../../src/dsl/check/emergency.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';
import {
  ADDRESSES,
  DURATIONS,
  FLOATS,
  IDS,
  INTEGERS,
  NETWORKS,
  STRINGS,
  TIMES,
} from './generate-literals.ts';
import type { Field, SchemaModel } from './generate-schema.ts';
import { documentation, fixed, optional, type Tree } from './generate-tree.ts';

/** What tests of a bundle may name. */
export interface TestedNames {
  readonly claims: readonly string[];
  /** Layers, and rules as `layer.rule`. */
  readonly causes: readonly string[];
  readonly modes: readonly string[];
  readonly overrides: readonly string[];
  readonly limits: readonly string[];
}

const CODES = ['facts_unavailable', 'resource_exists', 'unknown_resource', 'unknown_subject'];

/** Fixtures and tests that check; whether they pass is another matter. */
export function generateTests(chance: Chance, schema: SchemaModel, names: TestedNames): Tree {
  return new TestMaker(chance, schema, names).make();
}

class TestMaker {
  readonly #chance: Chance;
  readonly #schema: SchemaModel;
  readonly #names: TestedNames;

  constructor(chance: Chance, schema: SchemaModel, names: TestedNames) {
    this.#chance = chance;
    this.#schema = schema;
    this.#names = names;
  }

  make(): Tree {
    const chance = this.#chance;
    const fixtures = ['office', 'night'].slice(0, chance.integer(0, 2));
    const trees = fixtures.map((name) =>
      optional(`${documentation(chance)}fixture ${name} {\n`, ...this.#circumstances([]), '}\n\n'),
    );
    const count = chance.integer(1, 3);
    for (let index = 1; index <= count; index += 1) trees.push(this.#test(`question ${index}`, fixtures));
    return fixed('// Examples.\n\n', ...trees);
  }

  #test(title: string, fixtures: readonly string[]): Tree {
    const chance = this.#chance;
    const { actions } = this.#schema;
    const action = chance.pick(actions);
    const subject = chance.pick(action.subjects);
    const resource = chance.pick(action.resources);
    const askable = actions.filter(
      (one) => one.subjects.includes(subject) && one.resources.includes(resource),
    );
    const used = chance.some(fixtures, chance.integer(0, 2));
    const using = used.length === 0 ? '' : ` using ${used.join(', ')}`;
    const records = [
      this.#record('subject', subject),
      this.#record('resource', resource),
      ...(chance.percent(60)
        ? [this.#record('entity', chance.pick([...this.#schema.entities.keys()]), 'other')]
        : []),
    ];
    const missing = chance.percent(25) ? this.#missing(subject, resource, action.attributes) : undefined;
    const expectations = Array.from({ length: chance.integer(1, 3) }, () => {
      const asked = chance.some(askable, chance.integer(1, 2)).map((one) => one.name);
      return optional(
        `  expect ${this.#expectation()} `.replace('ACTIONS', asked.join(', ')).trimEnd(),
        '\n',
      );
    });
    return optional(
      `${documentation(chance)}test "${title}"${using} {\n`,
      ...records,
      ...this.#circumstances(askable.flatMap((one) => one.attributes)),
      ...(missing === undefined ? [] : [optional(`  missing ${missing}\n`)]),
      ...expectations,
      '}\n\n',
    );
  }

  #expectation(): string {
    const chance = this.#chance;
    if (chance.percent(40)) return 'permit ACTIONS';
    const cause = chance.weighted([
      [4, undefined] as const,
      [2, chance.pick(this.#names.claims)] as const,
      [4, chance.pick(this.#names.causes)] as const,
      [1, chance.pick(CODES)] as const,
    ]);
    return cause === undefined ? 'deny ACTIONS' : `deny ACTIONS by ${cause}`;
  }

  #record(role: string, type: string, name = role === 'subject' ? 'ann' : 'thing'): Tree {
    const chance = this.#chance;
    const entity = this.#schema.entities.get(type);
    const id = chance.percent(70) ? name : `"${chance.pick(IDS[this.#schema.keys.get(type) ?? 'string'])}"`;
    const head = `  ${role} ${type} ${id}`;
    if (chance.percent(8)) return optional(`${head}\n`);
    const fields = [...(entity?.fields.values() ?? [])].filter((one) => !isClosure(one));
    return optional(`${head} {`, ...this.#attributes(fields), '}\n');
  }

  /** `a: 1, b: 2` as parts that may be left out. */
  #attributes(fields: readonly Field[]): Tree[] {
    const given = fields.filter((one) => this.#chance.percent(one.optional ? 50 : 85));
    return given.map((one) => optional(`\n    ${one.name}: ${this.#value(one.type)}`));
  }

  #circumstances(attributes: readonly Field[]): Tree[] {
    const chance = this.#chance;
    const { context } = this.#schema;
    const { modes, overrides, limits } = this.#names;
    const given = (of: string, names: readonly string[], rest = ''): (() => string | undefined) => {
      return () => (names.length === 0 ? undefined : `given ${of} ${chance.pick(names)}${rest}`);
    };
    const low = chance.integer(0, 100);
    const items: readonly (readonly [number, () => string | undefined])[] = [
      [20, () => `now "${chance.pick(TIMES)}"`],
      [15, () => `now ${chance.pick(['+', '-'])} ${chance.pick(['13h', '90s'])}`],
      [
        20,
        () => (chance.percent(50) ? `given risk ${low}` : `given risk ${low} to ${chance.integer(low, 100)}`),
      ],
      [15, given('mode', modes)],
      [25, given('override', overrides)],
      [10, given('limit', limits, ' exhausted')],
      [10, given('loss of', DEPENDENCIES)],
      [25, () => `given ${this.#call()}`],
    ];
    const lines = items.flatMap(([percent, make]) => {
      const text = chance.percent(percent) ? make() : undefined;
      return text === undefined ? [] : [optional(`  ${text}\n`)];
    });
    if (chance.percent(70)) lines.push(optional('  context {', ...this.#attributes(context), '}\n'));
    const own = [...new Map(attributes.map((one) => [one.name, one])).values()];
    if (chance.percent(30)) lines.push(optional('  action {', ...this.#attributes(own), '}\n'));
    return lines;
  }

  #call(): string {
    const chance = this.#chance;
    const ip = (): string => `"${chance.pick(ADDRESSES)}"`;
    const [call, value] = chance.pick([
      [`geo.country(${ip()})`, '"FR"'],
      [`geo.distance_km(${ip()}, ${ip()})`, '1.5'],
      [`geo.speed_kmh({ ip: ${ip()}, at: "${chance.pick(TIMES)}" }, ${ip()})`, '2.5'],
      ['media.token_valid("a", "b", "/a/b", "n1")', 'true'],
      ['anomaly.score()', '0.5'],
    ] as const);
    return `${call} = ${chance.pick([value, 'absent', 'failed'])}`;
  }

  #missing(subject: string, resource: string, action: readonly Field[]): string | undefined {
    const chance = this.#chance;
    const { entities, context } = this.#schema;
    const root = chance.pick(['subject', 'resource', 'context', 'action']);
    const of = { subject, resource }[root];
    const said = root === 'action' ? action : context;
    const fields = of === undefined ? said : [...(entities.get(of)?.fields.values() ?? [])];
    const known = fields.filter((one) => !isClosure(one));
    return known.length === 0 ? undefined : `${root}.${chance.pick(known).name}`;
  }

  /** A literal as tests take it: strings are read as the declared type. */
  #value(type: Type): string {
    const chance = this.#chance;
    const list = (element: Type): string =>
      Array.from({ length: chance.integer(0, 2) }, () => this.#value(element)).join(', ');
    switch (type.kind) {
      case 'bool':
        return chance.pick(['true', 'false']);
      case 'int':
        return String(chance.pick(INTEGERS));
      case 'float':
        return chance.pick(FLOATS);
      case 'string':
        return JSON.stringify(chance.pick(STRINGS));
      case 'uuid':
        return `"${chance.pick(IDS.uuid)}"`;
      case 'ip':
        return `"${chance.pick(ADDRESSES)}"`;
      case 'cidr':
        return `"${chance.pick(NETWORKS)}"`;
      case 'time':
        return `"${chance.pick(TIMES)}"`;
      case 'duration':
        return chance.pick(DURATIONS);
      case 'enum': {
        const members = this.#schema.enums.get(type.name)?.members ?? this.#schema.plainRoles;
        return chance.pick(members);
      }
      case 'reference': {
        const entity = chance.pick(type.entities);
        const id = `"${chance.pick(IDS[this.#schema.keys.get(entity) ?? 'string'])}"`;
        return type.entities.length === 1 && chance.percent(50)
          ? chance.pick(['ann', 'thing', 'other'])
          : `${entity}(${id})`;
      }
      case 'set':
        return type.element.kind === 'enum' &&
          type.element.name === 'role' &&
          this.#schema.plainRoles.length === 0
          ? '{}'
          : `{${list(type.element)}}`;
      case 'list':
        return `[${list(type.element)}]`;
      case 'map': {
        const key = { string: '"a"', int: '1', enum: 'low' }[type.key.kind as 'string'];
        return key === undefined || chance.percent(30) ? '{}' : `{ ${key}: ${this.#value(type.value)} }`;
      }
      case 'record': {
        const parts = [...type.attributes].flatMap(([name, one]) =>
          one.optional && chance.percent(50) ? [] : [`${name}: ${this.#value(one.type)}`],
        );
        return `{ ${parts.join(', ')} }`;
      }
      case 'risk':
        throw new Error('risk is no attribute');
    }
  }
}

function isClosure({ name }: Field): boolean {
  return name === 'ancestors' || name === 'memberships';
}
