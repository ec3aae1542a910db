import type { Expression, LetDeclaration } from '../syntax/ast.ts';
import type { Type } from '../types/types.ts';
import { PART } from './elaborate/elaboration.ts';
import { namesIn } from './expression-children.ts';
import { type Findings, firstDeclared } from './findings.ts';
import type { TypeResolver } from './resolve-type.ts';
import { type Symbols, VARIABLES } from './symbols.ts';

export interface LetInfo {
  readonly declaration: LetDeclaration;
  /** The variables that it reads, itself or through other `let`s. */
  readonly parts: number;
  /** Defined by itself: reported where it is declared, and without meaning wherever it is used. */
  readonly isRecursive: boolean;
  readonly parameterTypes: readonly (Type | undefined)[];
}

/** What is known of every `let` before any is expanded. */
export function resolveLets(symbols: Symbols, types: TypeResolver, findings: Findings): Map<string, LetInfo> {
  const uses = new Map<string, readonly string[]>();
  const own = new Map<string, number>();
  for (const [name, declaration] of symbols.lets) {
    const names = namesIn(declaration.value);
    uses.set(
      name,
      [...names].filter((one) => symbols.lets.has(one)),
    );
    own.set(
      name,
      partsOfNames(names, () => 0),
    );
  }
  const { order, recursive } = sortLets(uses, symbols, findings);
  const infos = new Map<string, LetInfo>();
  for (const name of order) {
    const declaration = symbols.lets.get(name);
    if (declaration === undefined) continue;
    let parts = own.get(name) ?? 0;
    for (const used of uses.get(name) ?? []) parts |= infos.get(used)?.parts ?? 0;
    const parameterTypes = resolveParameters(declaration, symbols, types, findings);
    infos.set(name, { declaration, parts, isRecursive: recursive.has(name), parameterTypes });
  }
  return infos;
}

/** The variables that an expression reads, as bits of PART. */
export function partsOf(written: Expression, lets: ReadonlyMap<string, LetInfo>): number {
  return partsOfNames(namesIn(written), (name) => lets.get(name)?.parts ?? 0);
}

function partsOfNames(names: Iterable<string>, ofLet: (name: string) => number): number {
  let parts = 0;
  for (const name of names)
    parts |= Object.hasOwn(PART, name) ? PART[name as keyof typeof PART] : ofLet(name);
  return parts;
}

function resolveParameters(
  declaration: LetDeclaration,
  symbols: Symbols,
  types: TypeResolver,
  findings: Findings,
): (Type | undefined)[] {
  const seen = new Map<string, LetDeclaration['name']>();
  return (declaration.parameters ?? []).map(({ name, type }) => {
    const first = seen.get(name.text);
    if (first !== undefined) {
      const args = { what: 'parameter', name: name.text };
      findings.report('duplicateDeclaration', name.span, args, firstDeclared(first.span));
    }
    seen.set(name.text, name);
    const hidden = VARIABLES.has(name.text)
      ? 'a variable'
      : symbols.lets.has(name.text)
        ? 'a `let`'
        : undefined;
    if (hidden !== undefined) findings.report('hidingName', name.span, { name: name.text, hidden });
    return types.type(type);
  });
}

/** Names with what they use before them; those on a cycle are reported once a cycle. */
function sortLets(
  uses: ReadonlyMap<string, readonly string[]>,
  symbols: Symbols,
  findings: Findings,
): { readonly order: readonly string[]; readonly recursive: ReadonlySet<string> } {
  const order: string[] = [];
  const recursive = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  for (const root of uses.keys()) {
    if (state.has(root)) continue;
    // By hand instead of by recursion: a chain of lets may be as long as a bundle.
    const path: { readonly name: string; next: number }[] = [{ name: root, next: 0 }];
    state.set(root, 'open');
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const used = uses.get(top.name)?.[top.next];
      top.next += 1;
      if (used === undefined) {
        state.set(top.name, 'done');
        order.push(top.name);
        path.pop();
      } else if (state.get(used) === 'open') {
        const cycle = path.slice(path.findIndex(({ name }) => name === used)).map(({ name }) => name);
        for (const name of cycle) recursive.add(name);
        const span = symbols.lets.get(used)?.name.span;
        if (span !== undefined) findings.report('recursiveLet', span, { cycle: [...cycle, used] });
      } else if (!state.has(used)) {
        state.set(used, 'open');
        path.push({ name: used, next: 0 });
      }
    }
  }
  return { order, recursive };
}
