import type {
  ActionDeclaration,
  ActionSetDeclaration,
  AssertDeclaration,
  ContextDeclaration,
  Declaration,
  EntityDeclaration,
  EnumDeclaration,
  FixtureDeclaration,
  LayerDeclaration,
  LetDeclaration,
  LimitDeclaration,
  ModeDeclaration,
  Name,
  OverrideDeclaration,
  RequireDeclaration,
  RoleDeclaration,
  SignalDeclaration,
  SourceFile,
  TestDeclaration,
} from '../syntax/ast.ts';
import { type Findings, firstDeclared } from './findings.ts';

/** A declaration that may belong to a layer. */
export interface Placed<D> {
  readonly declaration: D;
  /** The layer of its file, if the `layer` line stands before it. */
  readonly layer: LayerDeclaration | undefined;
}

/** What a bundle declares, by namespace. Of two declarations of one name the first counts. */
export interface Symbols {
  /** By path. */
  readonly files: readonly SourceFile[];
  readonly enums: ReadonlyMap<string, EnumDeclaration>;
  readonly entities: ReadonlyMap<string, EntityDeclaration>;
  readonly contexts: readonly ContextDeclaration[];
  readonly actions: readonly ActionDeclaration[];
  readonly actionSets: ReadonlyMap<string, ActionSetDeclaration>;
  readonly requires: readonly RequireDeclaration[];
  readonly lets: ReadonlyMap<string, LetDeclaration>;
  readonly layers: ReadonlyMap<string, LayerDeclaration>;
  readonly roles: ReadonlyMap<string, Placed<RoleDeclaration>>;
  readonly modes: ReadonlyMap<string, Placed<ModeDeclaration>>;
  readonly overrides: ReadonlyMap<string, Placed<OverrideDeclaration>>;
  readonly limits: ReadonlyMap<string, Placed<LimitDeclaration>>;
  readonly signals: ReadonlyMap<string, Placed<SignalDeclaration>>;
  readonly asserts: ReadonlyMap<string, AssertDeclaration>;
  readonly fixtures: ReadonlyMap<string, FixtureDeclaration>;
  readonly tests: ReadonlyMap<string, TestDeclaration>;
  /** Everything in the order of the text. */
  readonly placed: readonly Placed<Declaration>[];
}

/** What declared types may not be called, because something else already is. */
const TAKEN_TYPES: ReadonlyMap<string, string> = new Map([
  ...['bool', 'int', 'float', 'string', 'uuid', 'ip', 'cidr', 'time', 'duration', 'set', 'list', 'map'].map(
    (name): [string, string] => [name, 'it is a type of the language'],
  ),
  ['role', 'it is the enum of the declared roles'],
  ['any', 'in a scope it stands for every type'],
  ['all', 'it is kept for what stands for every type'],
]);
const TAKEN_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['any', 'in a scope it stands for every action'],
  ['manage', 'it is kept for what stands for every action'],
]);
export const VARIABLES: ReadonlySet<string> = new Set([
  'subject',
  'resource',
  'action',
  'context',
  'now',
  'risk',
]);

/** Sorts declarations into namespaces and reports names that are declared twice or taken. */
export function collectSymbols(sources: readonly SourceFile[], findings: Findings): Symbols {
  const files = sources.toSorted((a, b) =>
    a.source.path < b.source.path ? -1 : a.source.path > b.source.path ? 1 : 0,
  );
  const types = new Namespace<Declaration>('type', findings);
  const actionNames = new Namespace<'action' | 'actionSet'>('action', findings);
  const spaces = {
    lets: new Namespace<LetDeclaration>('`let`', findings),
    layers: new Namespace<LayerDeclaration>('layer', findings),
    layerNumbers: new Namespace<LayerDeclaration>('layer number', findings),
    roles: new Namespace<Placed<RoleDeclaration>>('role', findings),
    modes: new Namespace<Placed<ModeDeclaration>>('mode', findings),
    overrides: new Namespace<Placed<OverrideDeclaration>>('override', findings),
    limits: new Namespace<Placed<LimitDeclaration>>('limit', findings),
    signals: new Namespace<Placed<SignalDeclaration>>('signal', findings),
    asserts: new Namespace<AssertDeclaration>('assert', findings),
    fixtures: new Namespace<FixtureDeclaration>('fixture', findings),
    tests: new Namespace<TestDeclaration>('test', findings),
  };
  const enums = new Map<string, EnumDeclaration>();
  const entities = new Map<string, EntityDeclaration>();
  const contexts: ContextDeclaration[] = [];
  const actions: ActionDeclaration[] = [];
  const actionSets = new Map<string, ActionSetDeclaration>();
  const requires: RequireDeclaration[] = [];
  const placed: Placed<Declaration>[] = [];

  const refuse = (name: Name, what: string, taken: ReadonlyMap<string, string>): boolean => {
    const reason = taken.get(name.text);
    if (reason !== undefined) findings.report('reservedName', name.span, { name: name.text, what, reason });
    return reason !== undefined;
  };

  for (const file of files) {
    let layer: LayerDeclaration | undefined;
    for (const declaration of file.declarations) {
      placed.push({ declaration, layer });
      switch (declaration.kind) {
        case 'layer':
          if (layer === undefined) layer = declaration;
          else
            findings.report(
              'severalLayers',
              declaration.span,
              { name: declaration.name.text },
              firstDeclared(layer.span),
            );
          spaces.layers.declare(declaration.name, declaration);
          spaces.layerNumbers.declareText(String(declaration.number), declaration.span, declaration);
          break;
        case 'enum':
          if (refuse(declaration.name, 'enum', TAKEN_TYPES)) break;
          if (types.declare(declaration.name, declaration)) enums.set(declaration.name.text, declaration);
          break;
        case 'entity':
          if (refuse(declaration.name, 'entity', TAKEN_TYPES)) break;
          if (types.declare(declaration.name, declaration)) entities.set(declaration.name.text, declaration);
          break;
        case 'context':
          contexts.push(declaration);
          break;
        case 'action':
          actions.push(declaration);
          for (const { name } of declaration.actions) {
            if (refuse(name, 'action', TAKEN_ACTIONS)) continue;
            if (actionNames.get(name.text) !== 'action') actionNames.declare(name, 'action');
          }
          break;
        case 'actionSet':
          if (refuse(declaration.name, 'set of actions', TAKEN_ACTIONS)) break;
          if (actionNames.declare(declaration.name, 'actionSet'))
            actionSets.set(declaration.name.text, declaration);
          break;
        case 'require':
          requires.push(declaration);
          break;
        case 'let':
          if (VARIABLES.has(declaration.name.text)) {
            const name = declaration.name.text;
            findings.report('reservedName', declaration.name.span, {
              name,
              what: '`let`',
              reason: 'it is a variable',
            });
          } else spaces.lets.declare(declaration.name, declaration);
          break;
        case 'role':
          spaces.roles.declare(declaration.name, { declaration, layer });
          break;
        case 'mode':
          spaces.modes.declare(declaration.name, { declaration, layer });
          break;
        case 'override':
          spaces.overrides.declare(declaration.name, { declaration, layer });
          break;
        case 'limit':
          spaces.limits.declare(declaration.name, { declaration, layer });
          break;
        case 'signal':
          spaces.signals.declare(declaration.name, { declaration, layer });
          break;
        case 'assert':
          spaces.asserts.declare(declaration.name, declaration);
          break;
        case 'fixture':
          spaces.fixtures.declare(declaration.name, declaration);
          break;
        case 'test':
          spaces.tests.declareText(declaration.title.value, declaration.title.span, declaration);
          break;
        default:
          // Rules have their names within a layer; the other lines have none.
          break;
      }
    }
  }
  return {
    files,
    enums,
    entities,
    contexts,
    actions,
    actionSets,
    requires,
    placed,
    lets: spaces.lets.values,
    layers: spaces.layers.values,
    roles: spaces.roles.values,
    modes: spaces.modes.values,
    overrides: spaces.overrides.values,
    limits: spaces.limits.values,
    signals: spaces.signals.values,
    asserts: spaces.asserts.values,
    fixtures: spaces.fixtures.values,
    tests: spaces.tests.values,
  };
}

/** Names of one kind; the second declaration of a name is reported with the place of the first. */
export class Namespace<V> {
  readonly values = new Map<string, V>();
  readonly #places = new Map<string, Name['span']>();
  readonly #what: string;
  readonly #findings: Findings;

  constructor(what: string, findings: Findings) {
    this.#what = what;
    this.#findings = findings;
  }

  get(name: string): V | undefined {
    return this.values.get(name);
  }

  /** False when the name is taken. */
  declare(name: Name, value: V): boolean {
    return this.declareText(name.text, name.span, value);
  }

  declareText(name: string, span: Name['span'], value: V): boolean {
    const first = this.#places.get(name);
    if (first !== undefined) {
      this.#findings.report('duplicateDeclaration', span, { what: this.#what, name }, firstDeclared(first));
      return false;
    }
    this.#places.set(name, span);
    this.values.set(name, value);
    return true;
  }
}
