import type { Span } from '../../source/source-text.ts';
import type { Expression, LetDeclaration } from '../../syntax/ast.ts';
import type { Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import type { Finder } from '../findings.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';

/** A read of an attribute that the type does not have, where `has` or `exists` asks for it: the answer is false. */
export const MISSING: unique symbol = Symbol('missing');
export type Missing = typeof MISSING;

/** The types of the variables for one triple. */
export interface Shape {
  readonly subject: Type;
  readonly resource: Type;
  readonly action: Type;
  readonly context: Type;
  /** What {@link partKey} is made of. */
  readonly keys: readonly [subject: string, resource: string, action: string, context: string];
}

/** Bits that say which variables an expression reads: its meaning hangs on their types and on nothing else of a triple. */
export const PART = { subject: 1, resource: 2, action: 4, context: 8 } as const;

/** Two shapes with one key give an expression with these parts the same meaning. */
export function partKey(shape: Shape, parts: number): string {
  let key = '';
  for (let index = 0; index < 4; index++)
    if ((parts & (1 << index)) !== 0) key += `${index}${shape.keys[index]};`;
  return key;
}

/** What is known at a place in an expression. */
export interface Scope {
  readonly parent: Scope | undefined;
  /** Quantifier variables and parameters of a `let` by name. */
  readonly locals: ReadonlyMap<string, Binding>;
  /** How many quantifiers are open: the next one's slot. */
  readonly depth: number;
  /** To which entities `is` has narrowed a union here, by path; undefined while it has narrowed none. */
  narrowings: Map<string, readonly string[]> | undefined;
}

/** A quantifier variable (made anew wherever it is read) or the argument of a parameter. */
export type Binding =
  | { readonly kind: 'variable'; readonly slot: number; readonly type: Type }
  | { readonly kind: 'argument'; readonly value: CheckedExpression | undefined };

/** What the parts of the elaborator need of each other. */
export interface Elaboration extends Finder {
  readonly schema: ResolvedSchema;
  readonly shape: Shape;
  /** Undefined after a report. `expected` gives names of enum members and literals their type; it is not enforced. */
  elaborate(written: Expression, scope: Scope, expected?: Type): CheckedExpression | undefined;
  /** As `elaborate`, for what `has` and `exists` ask for. */
  elaboratePath(written: Expression, scope: Scope, expected?: Type): CheckedExpression | Missing | undefined;
  /** A bool. */
  condition(written: Expression, scope: Scope): CheckedExpression | undefined;
  /** What a name is bound to, if anything. */
  bindingOf(name: string, scope: Scope): BoundName | undefined;
  letNamed(name: string): LetDeclaration | undefined;
  letNames(): Iterable<string>;
  expandLet(
    name: string,
    written: Expression,
    scope: Scope,
    args: readonly CheckedExpression[] | undefined,
  ): CheckedExpression | undefined;
  parameterType(declaration: LetDeclaration, index: number): Type | undefined;
  /** What is wrong with a pattern of `matches`, if anything. */
  patternProblem(pattern: string): string | undefined;
  isConditionalRole(name: string): boolean;
  isPoisoned(owner: string, attribute: string): boolean;
  /** Remembers whether a type was found that has what a `has` or `exists` asks for. */
  notePresence(written: Expression, missing: MissingAttribute | undefined): void;
  /** Notes what is not looked at for these types, as something certain before it decides. */
  noteSkipped(written: Expression): void;
}

export type BoundName = 'local' | 'variable' | 'let';

export interface MissingAttribute {
  readonly span: Span;
  readonly attribute: string;
  readonly type: string;
  readonly suggestion: string | undefined;
}

const NO_LOCALS: ReadonlyMap<string, Binding> = new Map();

/** Adds what a condition says of unions where it is certainly true (or false). */
export function narrowScope(scope: Scope, narrowings: ReadonlyMap<string, readonly string[]>): void {
  if (narrowings.size === 0) return;
  scope.narrowings ??= new Map();
  for (const [path, entities] of narrowings) scope.narrowings.set(path, entities);
}

/** A scope inside another, with facts of its own. */
export function innerScope(parent: Scope): Scope {
  return { parent, locals: parent.locals, depth: parent.depth, narrowings: undefined };
}

export function emptyScope(): Scope {
  return { parent: undefined, locals: NO_LOCALS, depth: 0, narrowings: undefined };
}

/** What `is` says here of the union at a path. */
export function narrowingOf(scope: Scope, path: string): readonly string[] | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.narrowings?.get(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All narrowings as text: part of what the meaning of a `let` hangs on. */
export function narrowingKey(scope: Scope): string {
  let all: Map<string, readonly string[]> | undefined;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const [path, entities] of at.narrowings ?? []) {
      all ??= new Map();
      if (!all.has(path)) all.set(path, entities);
    }
  }
  if (all === undefined) return '';
  return [...all]
    .map(([path, entities]) => `${path}:${entities.join('|')}`)
    .toSorted()
    .join(';');
}
