import type {
  ActionSetDeclaration,
  Declaration,
  LetDeclaration,
  RoleDeclaration,
  SourceFile,
} from '../syntax/ast.ts';
import { visit } from '../syntax/walk.ts';
import { treeText } from './tree-text.ts';

/** A layer as its version stands for it. */
export interface LayerContent {
  readonly number: number;
  readonly name: string;
  readonly version: number;
  /** The same text exactly when nothing of what the version stands for changed. */
  readonly content: string;
}

/** What stands in a layer's file without being part of it: examples and claims about it, and names that are expanded where they are used. */
const NO_CONTENT: ReadonlySet<Declaration['kind']> = new Set([
  'actionSet',
  'assert',
  'fixture',
  'let',
  'test',
]);

/** What is expanded where its name stands. */
type Expanded = LetDeclaration | RoleDeclaration | ActionSetDeclaration;
interface Names {
  readonly lets: ReadonlyMap<string, LetDeclaration>;
  readonly roles: ReadonlyMap<string, RoleDeclaration>;
  readonly actionSets: ReadonlyMap<string, ActionSetDeclaration>;
}

/**
 * The layers of a bundle by name, with what each of them says: its declarations in their order, and the lets, extended roles
 * and sets of actions that they use, wherever those stand. Remarks, documentation, layout, tests and asserts do not count.
 */
export function layerContents(files: readonly SourceFile[]): ReadonlyMap<string, LayerContent> {
  const names = namesOf(files);
  const layers = new Map<string, LayerContent>();
  for (const { declarations } of files) {
    const layer = declarations.find((one) => one.kind === 'layer');
    if (layer === undefined) continue;
    const own = declarations.filter((one) => one !== layer && !NO_CONTENT.has(one.kind));
    const used = [...usedBy(own, names)].map(treeText).toSorted();
    const content = [treeText({ ...layer, version: 0 }), ...own.map(treeText), '', ...used].join('\n');
    layers.set(layer.name.text, {
      number: layer.number,
      name: layer.name.text,
      version: layer.version,
      content,
    });
  }
  return layers;
}

function namesOf(files: readonly SourceFile[]): Names {
  const lets = new Map<string, LetDeclaration>();
  const roles = new Map<string, RoleDeclaration>();
  const actionSets = new Map<string, ActionSetDeclaration>();
  for (const declaration of files.flatMap((file) => file.declarations)) {
    if (declaration.kind === 'let') lets.set(declaration.name.text, declaration);
    if (declaration.kind === 'role') roles.set(declaration.name.text, declaration);
    if (declaration.kind === 'actionSet') actionSets.set(declaration.name.text, declaration);
  }
  return { lets, roles, actionSets };
}

/** What declarations use, and what that uses. A name that is bound nearer by counts too: better a version too many. */
function usedBy(declarations: readonly Declaration[], names: Names): Set<Expanded> {
  const used = new Set<Expanded>();
  const waiting: Declaration[] = [...declarations];
  const use = (found: Expanded | undefined): void => {
    if (found === undefined || used.has(found)) return;
    used.add(found);
    waiting.push(found);
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'actionSet') for (const { text } of next.actions) use(names.actionSets.get(text));
    visit(next, {
      nameExpression: ({ name }) => use(names.lets.get(name)),
      role: (role) => {
        for (const { text } of role.extends) use(names.roles.get(text));
      },
      scope: ({ actions }) => {
        if (actions !== 'any') for (const { text } of actions) use(names.actionSets.get(text));
      },
    });
  }
  return used;
}
