import type { SourceText, Span } from '../../source/source-text.ts';
import type { Expression } from '../../syntax/ast.ts';
import type { AttributeInfo } from '../../types/schema.ts';
import type { AttributeType, Type } from '../../types/types.ts';
import type { ResolvedActions } from '../actions.ts';
import type { Triple } from '../bundle.ts';
import type { CheckedExpression } from '../checked.ts';
import type { Findings } from '../findings.ts';
import { type LetInfo, partsOf } from '../lets.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';
import type { Symbols } from '../symbols.ts';
import type { MissingAttribute, Shape } from './elaboration.ts';
import { PatternChecker } from './pattern-checker.ts';

/** What all elaborations of a bundle share: declarations, expansions of `let`s, and what `has` has asked for. */
export class ElaborationState {
  readonly schema: ResolvedSchema;
  readonly findings: Findings;
  readonly lets: ReadonlyMap<string, LetInfo>;
  readonly symbols: Symbols;
  readonly actions: ResolvedActions;
  /** Expansions of `let`s by all that their meaning hangs on. */
  readonly expansions = new Map<LetInfo, Map<string, CheckedExpression | undefined>>();
  readonly patterns = new PatternChecker();
  readonly #shapes = new Map<number, Shape>();
  readonly #records = new Map<
    ReadonlyMap<string, AttributeInfo>,
    { readonly type: Type; readonly key: string }
  >();
  readonly #numbers = new WeakMap<CheckedExpression, number>();
  #lastNumber = 0;
  readonly #asked = new Map<Expression, MissingAttribute | 'found'>();
  readonly #skipped = new Set<Expression>();
  /** The names of all attributes of entities, and the largest skipped expressions in order: made when all is elaborated. */
  #attributes: ReadonlySet<string> | undefined;
  #outermost: ReadonlyMap<SourceText, readonly Span[]> | undefined;

  constructor(
    symbols: Symbols,
    schema: ResolvedSchema,
    actions: ResolvedActions,
    lets: ReadonlyMap<string, LetInfo>,
    findings: Findings,
  ) {
    this.symbols = symbols;
    this.schema = schema;
    this.actions = actions;
    this.lets = lets;
    this.findings = findings;
  }

  shapeOf(triple: Triple): Shape {
    let shape = this.#shapes.get(triple.index);
    if (shape === undefined) {
      const action = this.#recordOf(triple.actionAttributes);
      const context = this.#recordOf(triple.contextAttributes);
      shape = {
        subject: { kind: 'reference', entities: [triple.subject] },
        resource: { kind: 'reference', entities: [triple.resource] },
        action: action.type,
        context: context.type,
        keys: [triple.subject, triple.resource, action.key, context.key],
      };
      this.#shapes.set(triple.index, shape);
    }
    return shape;
  }

  /** The variables that an expression reads, as bits of PART. */
  partsOf(written: Expression): number {
    return partsOf(written, this.lets);
  }

  /** A number of its own for each checked expression: sharing makes equal arguments one object. */
  numberOf(node: CheckedExpression): number {
    let number = this.#numbers.get(node);
    if (number === undefined) {
      number = ++this.#lastNumber;
      this.#numbers.set(node, number);
    }
    return number;
  }

  notePresence(written: Expression, missing: MissingAttribute | undefined): void {
    if (missing === undefined) this.#asked.set(written, 'found');
    else if (!this.#asked.has(written)) this.#asked.set(written, missing);
  }

  noteSkipped(written: Expression): void {
    this.#skipped.add(written);
  }

  /** Reports what `has` and `exists` ask for and no type has: it is misspelt. To be called when all is elaborated. */
  reportNeverPresent(into: Findings = this.findings): void {
    for (const [written, missing] of this.#asked) {
      if (missing === 'found' || this.#isElsewhere(written, missing)) continue;
      const { span, attribute, type, suggestion } = missing;
      into.report('unknownAttribute', span, { attribute, type, suggestion });
    }
  }

  /** True of an attribute that another type has, asked for where that type was ruled out before: false of all, but not misspelt. */
  #isElsewhere({ span }: Expression, { attribute }: MissingAttribute): boolean {
    this.#attributes ??= new Set(
      [...this.schema.entities.values()].flatMap(({ attributes }) => [...attributes.keys()]),
    );
    return this.#attributes.has(attribute) && this.#isSkipped(span);
  }

  /** True of what lies within an expression that was skipped. Expressions lie within each other or apart. */
  #isSkipped(span: Span): boolean {
    this.#outermost ??= outermostOf(this.#skipped);
    const spans = this.#outermost.get(span.source) ?? [];
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((spans[middle] as Span).start <= span.start) low = middle + 1;
      else high = middle;
    }
    const last = spans[low - 1];
    return last !== undefined && span.end <= last.end;
  }

  #recordOf(attributes: ReadonlyMap<string, AttributeInfo>): { readonly type: Type; readonly key: string } {
    let known = this.#records.get(attributes);
    if (known === undefined) {
      const record = new Map<string, AttributeType>();
      for (const [name, { type, optional }] of attributes) record.set(name, { type, optional });
      known = { type: { kind: 'record', attributes: record }, key: String(this.#records.size) };
      this.#records.set(attributes, known);
    }
    return known;
  }
}

/** The spans of expressions that lie in no other, by file, in the order of the text. */
function outermostOf(expressions: Iterable<Expression>): Map<SourceText, Span[]> {
  const bySource = Map.groupBy(expressions, (one) => one.span.source);
  const found = new Map<SourceText, Span[]>();
  for (const [source, within] of bySource) {
    const spans: Span[] = [];
    for (const { span } of within.toSorted(
      (a, b) => a.span.start - b.span.start || b.span.end - a.span.end,
    )) {
      const last = spans.at(-1);
      if (last === undefined || span.start >= last.end) spans.push(span);
    }
    found.set(source, spans);
  }
  return found;
}
