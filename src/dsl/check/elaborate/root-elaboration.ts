import type { Span } from '../../source/source-text.ts';
import { assertNever, type Expression, type LetDeclaration } from '../../syntax/ast.ts';
import { BOOL, showType, type Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import type { Report } from '../findings.ts';
import type { LetInfo } from '../lets.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';
import { excessOf, MAXIMUM_DEPTH, MAXIMUM_NODES } from '../size.ts';
import { VARIABLES } from '../symbols.ts';
import { elaborateArithmetic, elaborateNegation } from './elaborate-arithmetic.ts';
import { elaborateCall } from './elaborate-calls.ts';
import {
  elaborateComparison,
  elaborateIs,
  elaborateMatches,
  elaborateMembership,
  elaborateOverlap,
} from './elaborate-comparisons.ts';
import { elaborateCollection, elaborateScalar } from './elaborate-literals.ts';
import {
  elaborateImplies,
  elaborateJunction,
  elaborateNot,
  elaborateQuantifier,
  operandsOf,
} from './elaborate-logic.ts';
import { elaborateName } from './elaborate-names.ts';
import { elaborateExists, elaborateHas, elaborateIndex, elaborateMember } from './elaborate-paths.ts';
import {
  type BoundName,
  type Elaboration,
  MISSING,
  type Missing,
  type MissingAttribute,
  narrowingKey,
  partKey,
  type Scope,
  type Shape,
} from './elaboration.ts';
import type { ElaborationState } from './elaboration-state.ts';

/** What an expression is elaborated for: findings elsewhere (in a `let`) name this place too. */
export interface Root {
  readonly span: Span;
  readonly name: string;
}

/** More work than any condition of allowed size needs. */
const MAXIMUM_STEPS = 4 * MAXIMUM_NODES;
/** Expressions within expressions, `let`s included; a bound for the stack, wider than MAXIMUM_DEPTH. */
const MAXIMUM_NESTING = 2 * MAXIMUM_DEPTH;

/** The elaboration of one expression for one triple's types. */
export class RootElaboration implements Elaboration {
  readonly schema: ResolvedSchema;
  readonly shape: Shape;
  readonly report: Report;
  readonly #shared: ElaborationState;
  readonly #root: Root;
  #steps = 0;
  #nesting = 0;
  #reused = false;

  constructor(shared: ElaborationState, root: Root, shape: Shape) {
    this.#shared = shared;
    this.#root = root;
    this.schema = shared.schema;
    this.shape = shape;
    this.report = (name, span, args, related = []) => {
      const isInside =
        span.source === root.span.source && span.start >= root.span.start && span.end <= root.span.end;
      const places = isInside ? related : [...related, { span: root.span, message: `used by ${root.name}` }];
      shared.findings.report(name, span, args, places);
    };
  }

  /** The expression unless it is too large or too deep. */
  bounded(checked: CheckedExpression | undefined): CheckedExpression | undefined {
    // A few steps make few nodes, unless a `let` was expanded before.
    if (this.#steps < MAXIMUM_DEPTH / 2 && !this.#reused) return checked;
    const excess = checked === undefined ? undefined : excessOf(checked);
    if (excess === undefined) return checked;
    this.#reportExcess(excess);
    return undefined;
  }

  nearest(name: string, known: Iterable<string>): string | undefined {
    return this.#shared.findings.nearest(name, known);
  }

  condition(written: Expression, scope: Scope): CheckedExpression | undefined {
    const checked = this.elaborate(written, scope, BOOL);
    if (checked === undefined || checked.type.kind === 'bool') return checked;
    const { type } = checked;
    if (type.kind === 'risk') this.report('riskMisused', written.span, { use: 'not used as a condition' });
    else {
      const found = `one of type \`${showType(type)}\``;
      this.report('typeMismatch', written.span, { expected: 'a condition (a value of type `bool`)', found });
    }
    return undefined;
  }

  elaborate(written: Expression, scope: Scope, expected?: Type): CheckedExpression | undefined {
    const checked = this.#enter(written, scope, expected, false);
    return checked === MISSING ? undefined : checked;
  }

  elaboratePath(written: Expression, scope: Scope, expected?: Type): CheckedExpression | Missing | undefined {
    return this.#enter(written, scope, expected, true);
  }

  bindingOf(name: string, scope: Scope): BoundName | undefined {
    if (scope.locals.has(name)) return 'local';
    if (VARIABLES.has(name)) return 'variable';
    return this.#shared.lets.has(name) ? 'let' : undefined;
  }

  letNamed(name: string): LetDeclaration | undefined {
    return this.#shared.lets.get(name)?.declaration;
  }

  letNames(): Iterable<string> {
    return this.#shared.lets.keys();
  }

  parameterType(declaration: LetDeclaration, index: number): Type | undefined {
    return this.#shared.lets.get(declaration.name.text)?.parameterTypes[index];
  }

  patternProblem(pattern: string): string | undefined {
    return this.#shared.patterns.problemOf(pattern);
  }

  isConditionalRole(name: string): boolean {
    return this.#shared.symbols.roles.get(name)?.declaration.condition !== undefined;
  }

  isPoisoned(owner: string, attribute: string): boolean {
    const name = `${owner}.${attribute}`;
    return this.schema.poisoned.has(name) || this.#shared.actions.poisoned.has(name);
  }

  notePresence(written: Expression, missing: MissingAttribute | undefined): void {
    this.#shared.notePresence(written, missing);
  }

  noteSkipped(written: Expression): void {
    this.#shared.noteSkipped(written);
  }

  expandLet(
    name: string,
    _written: Expression,
    scope: Scope,
    args: readonly CheckedExpression[] | undefined,
  ): CheckedExpression | undefined {
    const info = this.#shared.lets.get(name);
    if (info === undefined || info.isRecursive) return undefined;
    const numbers = args === undefined ? '' : args.map((one) => this.#shared.numberOf(one)).join();
    const key = `${partKey(this.shape, info.parts)}|${scope.depth}|${narrowingKey(scope)}|${numbers}`;
    let expansions = this.#shared.expansions.get(info);
    if (expansions === undefined) {
      expansions = new Map();
      this.#shared.expansions.set(info, expansions);
    }
    this.#reused = true;
    if (expansions.has(key)) return expansions.get(key);
    const expanded = this.elaborate(info.declaration.value, letScope(info, scope, args));
    expansions.set(key, expanded);
    return expanded;
  }

  #enter(
    written: Expression,
    scope: Scope,
    expected: Type | undefined,
    asked: boolean,
  ): CheckedExpression | Missing | undefined {
    if (this.#steps > MAXIMUM_STEPS) return undefined;
    this.#steps += 1;
    if (this.#steps > MAXIMUM_STEPS) {
      this.#reportExcess('size');
      return undefined;
    }
    if (this.#nesting >= MAXIMUM_NESTING) {
      this.#reportExcess('depth');
      return undefined;
    }
    this.#nesting += 1;
    const checked = this.#elaborate(written, scope, expected, asked);
    this.#nesting -= 1;
    return checked;
  }

  #reportExcess(excess: 'size' | 'depth'): void {
    const { span } = this.#root;
    if (excess === 'size') this.report('conditionTooLarge', span, { most: MAXIMUM_NODES });
    else this.report('conditionTooDeep', span, { most: MAXIMUM_DEPTH });
  }

  #elaborate(
    written: Expression,
    scope: Scope,
    expected: Type | undefined,
    asked: boolean,
  ): CheckedExpression | Missing | undefined {
    switch (written.kind) {
      case 'integerLiteral':
      case 'floatLiteral':
      case 'stringLiteral':
      case 'booleanLiteral':
      case 'durationLiteral':
        return elaborateScalar(this, written, expected);
      case 'listLiteral':
      case 'setLiteral':
        return elaborateCollection(this, written, scope, expected);
      case 'recordLiteral':
        this.report('typeMismatch', written.span, {
          expected: 'a value',
          found: 'a record, which only facts and fixtures hold',
        });
        return undefined;
      case 'nameExpression': {
        const info =
          asked && this.bindingOf(written.name, scope) === 'let'
            ? this.#shared.lets.get(written.name)
            : undefined;
        if (info === undefined || info.isRecursive || info.declaration.parameters !== undefined) {
          return elaborateName(this, written, scope, expected);
        }
        return this.elaboratePath(info.declaration.value, letScope(info, scope, undefined));
      }
      case 'memberExpression':
        return elaborateMember(this, written, scope, asked);
      case 'indexExpression':
        return elaborateIndex(this, written, scope, asked);
      case 'callExpression':
        return elaborateCall(this, written, scope, asked);
      case 'unaryExpression':
        return written.operator === 'not'
          ? elaborateNot(this, written, scope)
          : elaborateNegation(this, written, scope, expected);
      case 'binaryExpression':
        return this.#binary(written, scope, expected);
      case 'matchesExpression':
        return elaborateMatches(this, written, scope);
      case 'isExpression':
        return elaborateIs(this, written, scope);
      case 'hasExpression':
        return elaborateHas(this, written, scope);
      case 'existsExpression':
        return elaborateExists(this, written, scope);
      case 'quantifierExpression':
        return elaborateQuantifier(this, written, scope);
      default:
        return assertNever(written);
    }
  }

  #binary(
    written: Expression & { readonly kind: 'binaryExpression' },
    scope: Scope,
    expected: Type | undefined,
  ): CheckedExpression | undefined {
    const { operator } = written;
    switch (operator) {
      case 'and':
      case 'or':
        return elaborateJunction(this, operator, operandsOf(written), written, scope);
      case 'implies':
        return elaborateImplies(this, written, scope);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return elaborateComparison(this, written, operator, scope);
      case 'in':
      case 'contains':
        return elaborateMembership(this, written, scope);
      case 'contains any':
        return elaborateOverlap(this, written, 'any', scope);
      case 'contains all':
        return elaborateOverlap(this, written, 'all', scope);
      case '+':
      case '-':
      case '*':
        return elaborateArithmetic(this, written, operator, scope, expected);
      default:
        return assertNever(operator);
    }
  }
}

/** Inside a `let` only its parameters are known, and what `is` has said around it. */
function letScope(info: LetInfo, scope: Scope, args: readonly CheckedExpression[] | undefined): Scope {
  const locals = new Map(
    (info.declaration.parameters ?? []).map(({ name }, index) => [
      name.text,
      { kind: 'argument' as const, value: args?.[index] },
    ]),
  );
  return { parent: scope, locals, depth: scope.depth, narrowings: undefined };
}
