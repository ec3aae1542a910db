import { declarationDocument } from '../format/declarations.ts';
import { print } from '../format/document.ts';
import { WITHOUT_COMMENTS } from '../format/printing.ts';
import { assertNever, type Declaration, type SourceFile } from '../syntax/ast.ts';
import { treeText } from './tree-text.ts';

/** One declaration that is there in one bundle only, or says something else in the other. */
export interface DeclarationChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Undefined outside of layers. */
  readonly layer: string | undefined;
  /** Such as `permit`, `role`, `entity`. */
  readonly kind: string;
  /** Of what has no name, the beginning of its text. */
  readonly name: string;
}

interface Declared {
  readonly layer: string | undefined;
  readonly order: number;
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** Texts are shown up to this length. */
const LONGEST_NAME = 120;

/** What differs between two bundles, declaration by declaration: by layer, then in the order of the text. */
export function bundleChanges(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
): readonly DeclarationChange[] {
  const old = declaredIn(before);
  const current = declaredIn(after);
  const found: (Declared & { readonly change: DeclarationChange['change'] })[] = [];
  for (const [key, one] of current) {
    const known = old.get(key);
    if (known === undefined) found.push({ ...one, change: 'added' });
    else if (known.text !== one.text) found.push({ ...one, change: 'changed' });
  }
  for (const [key, one] of old) if (!current.has(key)) found.push({ ...one, change: 'removed' });
  return found
    .toSorted((a, b) => a.order - b.order)
    .map(({ change, layer, kind, name }) => ({ change, layer, kind, name }));
}

/** By what tells it from all others. */
function declaredIn(files: readonly SourceFile[]): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  for (const { declarations } of files) {
    const opened = declarations.find((one) => one.kind === 'layer');
    for (const node of declarations) {
      const { kind, name } = nameOf(node);
      const text = treeText(node);
      const layer = opened?.name.text;
      // A rule that forbids what it permitted is the same rule, changed.
      const identity = name === undefined ? text : `${node.kind} ${name}`;
      declared.set(`${layer ?? ''}\0${identity}`, {
        layer,
        order: opened?.number ?? 0,
        kind,
        name: name ?? shortText(node),
        text,
      });
    }
  }
  return declared;
}

/** What people call a declaration; its name is undefined where only its text tells it from others. */
function nameOf(node: Declaration): { readonly kind: string; readonly name: string | undefined } {
  switch (node.kind) {
    case 'rule':
      return { kind: node.effect, name: node.name.text };
    case 'actionSet':
      return { kind: 'actions', name: node.name.text };
    case 'assert':
    case 'entity':
    case 'enum':
    case 'fixture':
    case 'layer':
    case 'let':
    case 'limit':
    case 'mode':
    case 'override':
    case 'role':
    case 'signal':
      return { kind: node.kind, name: node.name.text };
    case 'test':
      return { kind: 'test', name: node.title.value };
    case 'loss':
      return { kind: 'loss', name: node.dependency.text };
    case 'context':
    case 'require':
      return { kind: node.kind, name: node.kind };
    case 'neverCache':
      return { kind: 'never cache', name: undefined };
    case 'action':
    case 'audit':
    case 'cache':
    case 'deadline':
    case 'redact':
    case 'retain':
      return { kind: node.kind, name: undefined };
    default:
      return assertNever(node);
  }
}

function shortText(node: Declaration): string {
  const document = declarationDocument({ ...node, documentation: undefined }, WITHOUT_COMMENTS);
  const text = print(document, LONGEST_NAME).replaceAll(/\s+/g, ' ');
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1).toWellFormed()}…`;
}
