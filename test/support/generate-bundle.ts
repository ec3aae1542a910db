import { BOOL, showType, type Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';
import { ConditionMaker, canBeNamed } from './generate-conditions.ts';
import { pathsFrom, type Roots } from './generate-paths.ts';
import { generateLosses, generatePolicies } from './generate-policies.ts';
import { generateSchema, reference, type SchemaModel } from './generate-schema.ts';
import { coveredBy, generateScope, NONE, rootsOf, type ScopeModel } from './generate-scopes.ts';
import { generateTests } from './generate-tests.ts';
import { documentation, fixed, optional, type Tree, textOf } from './generate-tree.ts';
import type { LetModel, Place } from './generate-values.ts';

/** A bundle as text: one tree a file, by path. */
export type BundleTree = ReadonlyMap<string, Tree>;

interface RoleModel {
  readonly name: string;
  readonly parents: readonly string[];
  readonly conditional: boolean;
}

export interface GeneratedBundle {
  readonly files: BundleTree;
  /** Forbids that the bundle does not hold and could, in any layer. */
  readonly addableForbids: readonly Tree[];
}

/** A random bundle of which every file checks without errors. */
export function generateBundle(chance: Chance): GeneratedBundle {
  const maker = new BundleMaker(chance);
  return { files: maker.make(), addableForbids: maker.addableForbids() };
}

class BundleMaker {
  readonly #chance: Chance;
  readonly #roles: readonly RoleModel[];
  readonly #schema: SchemaModel;
  readonly #lets: LetModel[] = [];
  /** What a denial may name: layers, and rules as `layer.rule`. */
  readonly #causes: string[] = [];
  readonly #states: Readonly<Record<'modes' | 'overrides' | 'limits', string[]>> = {
    modes: [],
    overrides: [],
    limits: [],
  };

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#roles = [
      { name: 'reader', parents: [], conditional: false },
      { name: 'writer', parents: chance.percent(60) ? ['reader'] : [], conditional: false },
      {
        name: 'chief',
        parents: chance.some(['reader', 'writer'], chance.integer(0, 2)),
        conditional: chance.percent(50),
      },
    ].slice(0, chance.integer(0, 3));
    const plain = this.#roles.filter((one) => !one.conditional).map((one) => one.name);
    this.#schema = generateSchema(
      chance,
      this.#roles.map((one) => one.name),
      plain,
    );
  }

  make(): BundleTree {
    const chance = this.#chance;
    const files = new Map<string, Tree>();
    const claims = chance.percent(60) ? ['permission', 'access'] : ['access'];
    const lets = this.#makeLets();
    const require = `${documentation(chance)}require ${claims.join(' and ')}\n`;
    files.set('schema.velro', fixed(`// What there is.\n\n`, fixed(require, '\n'), ...this.#schema.trees));
    if (lets.length > 0) files.set('lets.velro', fixed(...lets));
    if (chance.percent(15)) files.set('asserts.velro', fixed(...this.#asserts()));
    const layers: ((number: number) => [string, Tree])[] = [];
    if (chance.percent(60)) layers.push((number) => this.#guard(number, 'checks'));
    if (claims.includes('permission'))
      layers.push((number) => this.#granting(number, 'rights', 'permission', true));
    layers.push((number) => this.#granting(number, 'owning', 'access', !claims.includes('permission')));
    if (chance.percent(50)) layers.push((number) => this.#granting(number, 'sharing', 'access', false));
    if (chance.percent(10)) layers.push((number) => this.#crowd(number));
    if (chance.percent(50)) layers.push((number) => this.#emergency(number, claims));
    if (chance.percent(60)) layers.push((number) => this.#limits(number));
    let number = 0;
    for (const layer of layers) {
      number += chance.integer(1, 3);
      const [name, tree] = layer(number);
      files.set(`${number}-${name}.velro`, tree);
      this.#causes.push(name);
    }
    if (chance.percent(35)) {
      const { modes, overrides, limits } = this.#states;
      const names = { claims, causes: this.#causes, modes, overrides, limits };
      files.set('tests.velro', generateTests(chance, this.#schema, names));
    }
    return files;
  }

  addableForbids(): Tree[] {
    return this.#rules('forbid', 'any', 'added', this.#chance.integer(1, 2));
  }

  // ---------------------------------------------------------------------------------------------- conditions

  #scope(permits: boolean, form: 'rule' | 'grant' = 'rule'): ScopeModel {
    return generateScope(this.#chance, this.#schema, permits, form);
  }

  #place(roots: Roots, lenient: boolean, readsRisk = true): Place {
    const covers = (all: readonly string[], some: readonly string[]): boolean =>
      some.every((one) => all.includes(one));
    const lets = this.#lets.filter(
      (one) =>
        covers(one.subjects, roots.subjects) &&
        covers(one.resources, roots.resources) &&
        (readsRisk || !one.readsRisk),
    );
    const paths = pathsFrom(this.#schema, roots);
    for (const one of lets) {
      if (one.path === undefined) continue;
      paths.push({ ...one.path, text: one.name, stands: one.path.text });
    }
    return { schema: this.#schema, paths, lets, known: new Set(), lenient, readsRisk, quantified: 0 };
  }

  #condition(roots: Roots, lenient: boolean, size: number, readsRisk = true): Tree {
    return new ConditionMaker(this.#chance, this.#place(roots, lenient, readsRisk)).condition(size);
  }

  // ---------------------------------------------------------------------------------------------------- lets

  #makeLets(): Tree[] {
    const chance = this.#chance;
    const trees: Tree[] = [];
    const types = ['user', 'service'];
    const resources = ['doc', 'folder', 'team'];
    const count = chance.integer(0, 4);
    for (let index = 0; index < count; index += 1) {
      const subjects = chance.percent(50) ? types : chance.some(types, 1);
      const forResources = chance.percent(40) ? resources : chance.some(resources, 1);
      // What has no meaning for any question is refused, used or not.
      if (coveredBy(this.#schema, false, 'any', forResources, subjects).length === 0) continue;
      const roots: Roots = {
        subjects,
        resources: forResources,
        context: this.#schema.context,
        action: [],
        uncommon: NONE,
      };
      const name = `let_${'abcd'[index]}`;
      const readsRisk = chance.percent(10);
      const place = this.#place(roots, false, readsRisk);
      const shape = chance.pick(['condition', 'condition', 'path', 'value', 'function']);
      const model = {
        name,
        parameters: [],
        type: BOOL,
        path: undefined,
        subjects,
        resources: forResources,
        readsRisk,
      };
      if (shape === 'path') {
        const paths = place.paths.filter((one) => one.uncommon.length === 0 && !one.text.startsWith('let_'));
        const path = paths.length === 0 ? undefined : chance.pick(paths);
        if (path === undefined) continue;
        this.#lets.push({ ...model, type: path.type, path });
        trees.push(this.#documented(`let ${name} = ${path.text}\n`));
      } else if (shape === 'value') {
        const type = chance.pick<Type>([
          { kind: 'int' },
          { kind: 'time' },
          { kind: 'duration' },
          { kind: 'string' },
          reference('user'),
        ]);
        const tree = new ConditionMaker(chance, place).value(type, 2);
        if (tree === undefined) continue;
        this.#lets.push({ ...model, type });
        trees.push(this.#documented(`let ${name} = `, tree, '\n'));
      } else if (shape === 'function') {
        const all: readonly { name: string; type: Type }[] = [
          { name: 'who', type: reference('user') },
          { name: 'least', type: { kind: 'enum', name: 'level' } },
          { name: 'words', type: { kind: 'set', element: { kind: 'string' } } },
          { name: 'amount', type: { kind: 'int' } },
          { name: 'those', type: { kind: 'set', element: reference('team') } },
          {
            name: 'ranks',
            type: { kind: 'map', key: reference('team'), value: { kind: 'enum', name: 'level' } },
          },
          { name: 'at', type: { kind: 'time' } },
        ];
        const parameters = chance.some(all, chance.integer(1, 2));
        const own = parameters.map((one) => ({ text: one.name, type: one.type, guards: [], uncommon: [] }));
        // Mostly of its parameters.
        const paths = [...own, ...own, ...own, ...own, ...chance.some(place.paths, 12)];
        const tree = new ConditionMaker(chance, { ...place, paths }).condition(chance.integer(1, 2));
        this.#lets.push({ ...model, parameters });
        const list = parameters.map((one) => `${one.name}: ${showType(one.type)}`).join(', ');
        trees.push(this.#documented(`let ${name}(${list}) = `, tree, '\n'));
      } else {
        const tree = new ConditionMaker(chance, place).condition(chance.integer(1, 2));
        this.#lets.push(model);
        trees.push(this.#documented(`let ${name} = `, tree, '\n'));
      }
    }
    return trees;
  }

  /** A declaration, sometimes with a line that documents it or a remark. */
  #documented(...parts: (string | Tree)[]): Tree {
    return optional(documentation(this.#chance), ...parts);
  }

  #asserts(): Tree[] {
    const chance = this.#chance;
    return Array.from({ length: chance.integer(1, 2) }, (_, index) => {
      const scope = this.#scope(true);
      const when = chance.percent(80) ? ['\n  when ', this.#condition(scope.roots, false, 1)] : [];
      const head = `assert property_${index + 1}: ${chance.pick(['never', 'always'])} permit ${scope.text}`;
      return this.#documented(head, ...when, '\n\n');
    });
  }

  // -------------------------------------------------------------------------------------------------- layers

  #header(number: number, name: string, grants: string | undefined): string {
    const version = this.#chance.integer(1, 9);
    return `${documentation(this.#chance)}layer ${number} ${name} version ${version}${grants === undefined ? '' : ` grants ${grants}`}\n\n`;
  }

  #rule(effect: 'permit' | 'forbid', name: string, options: { readonly broad?: boolean } = {}): Tree {
    const chance = this.#chance;
    const scope = this.#scope(effect === 'permit');
    const parts: (string | Tree)[] = [`${effect} ${name}: ${scope.text}`];
    const lenient = effect === 'permit';
    if (options.broad === true) parts.push('\n  when true');
    else if (effect === 'permit' || chance.percent(95)) {
      // Forbids that say yes to little leave something to permit.
      const first = this.#condition(scope.roots, lenient, chance.integer(0, 3));
      const more = effect === 'forbid' ? chance.integer(0, 3) : 0;
      parts.push('\n  when ');
      if (more === 0) parts.push(first);
      else {
        parts.push('(', first, ')');
        for (let index = 0; index < more; index += 1) {
          parts.push(optional(' and (', this.#condition(scope.roots, lenient, 1), ')'));
        }
      }
    }
    if (chance.percent(15)) parts.push(optional('\n  unless ', this.#condition(scope.roots, false, 1)));
    if (chance.percent(30)) parts.push(optional(`\n  because "${name} says so"`));
    if (chance.percent(15)) parts.push(this.#advice(scope.roots));
    return this.#documented(...parts, '\n\n');
  }

  #advice(roots: Roots): Tree {
    const chance = this.#chance;
    const type = chance.pick<Type>([
      BOOL,
      { kind: 'int' },
      { kind: 'string' },
      { kind: 'time' },
      reference('user'),
    ]);
    const value = new ConditionMaker(chance, this.#place(roots, false)).value(type, 1);
    const named: (string | Tree)[] = ['method: "mfa"'];
    if (value !== undefined && chance.percent(60)) named.push(optional(', about: ', value));
    return optional('\n  advise ask_again', ...(chance.percent(50) ? [optional('(', ...named, ')')] : []));
  }

  #rules(effect: 'permit' | 'forbid', layer: string, prefix: string, count: number): Tree[] {
    return Array.from({ length: count }, (_, index) => {
      const name = `${prefix}_${index + 1}`;
      if (effect === 'forbid') this.#causes.push(`${layer}.${name}`);
      return this.#rule(effect, name);
    });
  }

  #guard(number: number, name: string): [string, Tree] {
    const chance = this.#chance;
    return [
      name,
      fixed(
        this.#header(number, name, undefined),
        ...this.#rules('forbid', name, 'stop', chance.integer(1, 2)),
      ),
    ];
  }

  /** So many rules for the same questions that they are found by the literals that they name. */
  #crowd(number: number): [string, Tree] {
    const chance = this.#chance;
    const effect = chance.pick(['permit', 'forbid'] as const);
    const covers = ({ roots }: ScopeModel): number => roots.subjects.length * roots.resources.length;
    const scopes = Array.from({ length: 4 }, () => this.#scope(effect === 'permit'));
    const scope = scopes.reduce((most, one) => (covers(one) > covers(most) ? one : most));
    const place = this.#place(scope.roots, effect === 'permit');
    // The same few paths, so that it pays to look a rule up.
    const named = place.paths.filter((one) => canBeNamed(one) && one.guards.length === 0);
    const paths = chance.some(named, chance.integer(1, 2));
    const count = chance.integer(50, 70);
    const rules = Array.from({ length: count }, (_, index) => {
      const maker = new ConditionMaker(chance, { ...place, paths });
      // Forbids that name little leave something to permit.
      const parts = Array.from({ length: effect === 'forbid' ? 3 : chance.integer(1, 2) }, () =>
        maker.naming(),
      );
      const joined = parts.flatMap((one, at) =>
        at === 0 ? ['(', one, ')'] : [optional(' and (', one, ')')],
      );
      return optional(`${effect} one_${index + 1}: ${scope.text} when `, ...joined, '\n');
    });
    const grants = effect === 'permit' ? 'access' : undefined;
    return ['crowd', fixed(this.#header(number, 'crowd', grants), ...rules)];
  }

  #granting(number: number, name: string, claim: string, holdsRoles: boolean): [string, Tree] {
    const chance = this.#chance;
    const trees: Tree[] = [];
    if (holdsRoles) trees.push(...this.#roles.map((one) => this.#role(one)));
    if (chance.percent(60)) trees.push(this.#rule('permit', 'broad', { broad: true }));
    trees.push(...this.#rules('permit', name, 'allow', chance.integer(1, 4)));
    if (chance.percent(40))
      trees.splice(chance.integer(0, trees.length), 0, ...this.#rules('forbid', name, 'deny', 1));
    return [name, fixed(this.#header(number, name, claim), ...trees)];
  }

  #role({ name, parents, conditional }: RoleModel): Tree {
    const chance = this.#chance;
    // A role is asked about for every subject that its grants, and those of the roles it extends, cover.
    const all = { subjects: ['user', 'service'], resources: ['doc', 'folder', 'team'] };
    const roots: Roots = { ...all, context: this.#schema.context, action: [], uncommon: NONE };
    const when = conditional ? [' when ', this.#condition(roots, true, 1, true)] : [];
    const grants: Tree[] = [];
    const count = chance.integer(1, 3);
    for (let index = 0; index < count; index += 1) {
      const scope = this.#scope(true, 'grant');
      const granted = chance.percent(40)
        ? [' when ', this.#condition(scope.roots, true, chance.integer(0, 2))]
        : [];
      grants.push(optional(`${documentation(chance, '  ')}  ${scope.withoutSubjects}`, ...granted, '\n'));
    }
    const from = parents.length === 0 ? '' : ` extends ${parents.join(', ')}`;
    return this.#documented(`role ${name}${from}`, ...when, ' {\n', ...grants, '}\n\n');
  }

  #emergency(number: number, claims: readonly string[]): [string, Tree] {
    const chance = this.#chance;
    const trees: Tree[] = [];
    const modes = chance.integer(1, 2);
    for (let index = 1; index <= modes; index += 1) {
      const rules = this.#rules('forbid', 'emergency', `mode_${index}`, chance.integer(1, 2));
      const description = chance.percent(30) ? ' "what it is for"' : '';
      trees.push(this.#documented(`mode trouble_${index}${description} {\n`, ...rules, '}\n\n'));
      this.#states.modes.push(`trouble_${index}`);
    }
    trees.push(...generateLosses(chance, this.#states.modes));
    const scope = this.#scope(true);
    const waives = chance.some(claims, chance.integer(1, claims.length));
    trees.push(
      this.#documented(
        `override break_glass: ${scope.text}`,
        '\n  when ',
        this.#condition(scope.roots, true, 1),
        `\n  waives ${waives.join(', ')}\n  expires after 1h`,
        ...(chance.percent(60) ? [optional('\n  because "it burns"')] : []),
        '\n\n',
      ),
    );
    this.#states.overrides.push('break_glass');
    if (chance.percent(40)) trees.push(...this.#rules('forbid', 'emergency', 'halt', 1));
    return ['emergency', fixed(this.#header(number, 'emergency', undefined), ...trees)];
  }

  #limits(number: number): [string, Tree] {
    const chance = this.#chance;
    const trees: Tree[] = [];
    const limits = chance.integer(0, 2);
    for (let index = 1; index <= limits; index += 1) trees.push(this.#limit(`pace_${index}`));
    const signals = chance.integer(1, 8);
    for (let index = 1; index <= signals; index += 1) {
      const scope = this.#scope(false);
      const condition = this.#condition(scope.roots, false, chance.integer(0, 2), false);
      const weight = chance.pick([1, 1, 2, 2, 5, 10, 30, 80]);
      trees.push(
        this.#documented(`signal sign_${index}: ${scope.text} weight ${weight} when `, condition, '\n\n'),
      );
    }
    const scope = this.#scope(false);
    trees.push(optional(`forbid too_risky: ${scope.text} when risk >= ${chance.pick([60, 80, 100])}\n\n`));
    const roots = {
      ...rootsOf(this.#schema, coveredBy(this.#schema, false, 'any', 'any', 'any')),
      uncommon: NONE,
    };
    const redactable = this.#place(roots, true).paths.map((one) => one.text);
    const isPath = (text: string): boolean => /^(subject|resource|context)\.[^[]+$/.test(text);
    trees.push(...generatePolicies(chance, () => this.#scope(false).text, redactable.filter(isPath)));
    return ['limits', fixed(this.#header(number, 'limits', undefined), ...trees)];
  }

  #limit(name: string): Tree {
    const chance = this.#chance;
    const scope = this.#scope(false);
    const place = this.#place(scope.roots, false);
    const readable = place.paths.filter((one) => one.guards.length === 0);
    const keys = ['subject', ...readable.filter((one) => one.type.kind === 'string').map((one) => one.text)];
    const key = chance.some(keys, chance.integer(1, 2)).join(', ');
    const selectors = readable.filter(({ type }) => type.kind === 'enum' && type.name === 'level');
    const rate =
      selectors.length > 0 && chance.percent(50)
        ? `per ${chance.pick(selectors).text} { low: 10 per 1m burst 20, ${chance.pick(['high', 'mid'])}: 50 per 1m }`
        : `to ${chance.integer(1, 100)} per 1m${chance.percent(30) ? ' burst 200' : ''}`;
    this.#states.limits.push(name);
    this.#causes.push(`limits.${name}`);
    const because = chance.percent(30) ? [optional(`\n  because "${name} is enough"`)] : [];
    const advice = chance.percent(20) ? [this.#advice(scope.roots)] : [];
    return this.#documented(
      `limit ${name}: ${scope.text} for each ${key} ${rate}`,
      ...because,
      ...advice,
      '\n\n',
    );
  }
}

/** The files of a bundle as text. */
export function bundleText(bundle: BundleTree): { readonly path: string; readonly text: string }[] {
  return [...bundle].map(([path, tree]) => ({ path, text: textOf(tree) }));
}
