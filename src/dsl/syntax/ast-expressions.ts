import type { Name, NodeBase } from './ast-base.ts';

export interface IntegerLiteral extends NodeBase {
  readonly kind: 'integerLiteral';
  readonly value: number;
}
export interface FloatLiteral extends NodeBase {
  readonly kind: 'floatLiteral';
  readonly value: number;
  /** The digits as written, so that formatting keeps them. */
  readonly text: string;
}
export interface StringLiteral extends NodeBase {
  readonly kind: 'stringLiteral';
  readonly value: string;
  /** True of `r"…"`. */
  readonly raw: boolean;
}
export interface BooleanLiteral extends NodeBase {
  readonly kind: 'booleanLiteral';
  readonly value: boolean;
}
/** `15m`: an amount and a unit; the value in milliseconds is exact. */
export interface DurationLiteral extends NodeBase {
  readonly kind: 'durationLiteral';
  readonly milliseconds: number;
  readonly text: string;
}
/** `[a, b]`. */
export interface ListLiteral extends NodeBase {
  readonly kind: 'listLiteral';
  readonly items: readonly Expression[];
}
/** `{a, b}`; `{}` is a `setLiteral` without items, whose meaning (set, map, record) the expected type decides. */
export interface SetLiteral extends NodeBase {
  readonly kind: 'setLiteral';
  readonly items: readonly Expression[];
}
/** `{ a: 1, "b": 2 }`: a record or a map, as the expected type says. */
export interface RecordLiteral extends NodeBase {
  readonly kind: 'recordLiteral';
  readonly entries: readonly RecordEntry[];
}
export interface RecordEntry extends NodeBase {
  readonly kind: 'recordEntry';
  readonly key: Name | StringLiteral | IntegerLiteral;
  readonly value: Expression;
}
export interface NameExpression extends NodeBase {
  readonly kind: 'nameExpression';
  readonly name: string;
}
/** `object.name`; also the namespace in `uuid.version(…)` and the enum in `visibility.public`. */
export interface MemberExpression extends NodeBase {
  readonly kind: 'memberExpression';
  readonly object: Expression;
  readonly member: Name;
}
/** `object[key]`. */
export interface IndexExpression extends NodeBase {
  readonly kind: 'indexExpression';
  readonly object: Expression;
  readonly key: Expression;
}
/** `callee(a, b)`; the callee is a name or a dotted name. */
export interface CallExpression extends NodeBase {
  readonly kind: 'callExpression';
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
}
export interface UnaryExpression extends NodeBase {
  readonly kind: 'unaryExpression';
  readonly operator: 'not' | '-';
  readonly operand: Expression;
}
export type BinaryOperator =
  | 'implies'
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'contains'
  | 'contains any'
  | 'contains all'
  | '+'
  | '-'
  | '*';
/** `a and b and c` is `(a and b) and c`; parentheses leave no node. */
export interface BinaryExpression extends NodeBase {
  readonly kind: 'binaryExpression';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** `text matches "pattern"`. */
export interface MatchesExpression extends NodeBase {
  readonly kind: 'matchesExpression';
  readonly operand: Expression;
  readonly pattern: StringLiteral;
}
/** `reference is type`. */
export interface IsExpression extends NodeBase {
  readonly kind: 'isExpression';
  readonly operand: Expression;
  readonly type: Name;
}
/** `has path`. */
export interface HasExpression extends NodeBase {
  readonly kind: 'hasExpression';
  readonly operand: Expression;
}
/** `exists reference`. */
export interface ExistsExpression extends NodeBase {
  readonly kind: 'existsExpression';
  readonly operand: Expression;
}
/** `any x in list: (body)`, `every x in list: (body)`. */
export interface QuantifierExpression extends NodeBase {
  readonly kind: 'quantifierExpression';
  readonly quantifier: 'any' | 'every';
  readonly variable: Name;
  readonly collection: Expression;
  readonly body: Expression;
}
export type Expression =
  | IntegerLiteral
  | FloatLiteral
  | StringLiteral
  | BooleanLiteral
  | DurationLiteral
  | ListLiteral
  | SetLiteral
  | RecordLiteral
  | NameExpression
  | MemberExpression
  | IndexExpression
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | MatchesExpression
  | IsExpression
  | HasExpression
  | ExistsExpression
  | QuantifierExpression;
