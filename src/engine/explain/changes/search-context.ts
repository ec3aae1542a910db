import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { encode } from '../../../dsl/types/encode.ts';
import type { Type } from '../../../dsl/types/types.ts';
import { keyOf, type Outcome, type Value, ValueMap, ValueSet } from '../../../dsl/types/values.ts';
import type { Compiler } from '../../compile/compiler.ts';
import type { DecisionInput } from '../../compile/decision-input.ts';
import { pathText } from '../../compile/path-text.ts';
import type { Edit } from './edit.ts';
import { editPlace, editSource, type Update } from './edit-question.ts';
import { type ChangeablePlace, resolvePlace } from './resolve-place.ts';
import { isWithinRequest } from './within-request.ts';

/** What a search for changes looks at: the compiled conditions, and the world in which they are to change. */
export interface SearchContext {
  readonly input: DecisionInput;
  readonly compiler: Compiler;
}

/** A value that can be another: what stands at a path, or what a source answers. */
export interface Changeable {
  readonly path: string;
  readonly type: Type;
  readonly outcome: Outcome;
  /** The edit that makes it this value. */
  readonly become: (value: Value, condition: string, text: string) => Edit;
  /** The edit that changes it in part; undefined for what a source answers. */
  readonly update:
    | ((update: Update, mark: string | null, condition: string, text: string, example?: unknown) => Edit)
    | undefined;
}

/** What an expression stands for, if that can be changed. */
export function changeableOf(expression: CheckedExpression, context: SearchContext): Changeable | undefined {
  const { input, compiler } = context;
  if (expression.kind === 'call') return sourceCall(expression, context);
  const place = resolvePlace(expression, input, compiler);
  if (place === undefined || place.steps.length === 0) return undefined;
  const path = pathText(expression);
  const update: Changeable['update'] = (change, mark, condition, text, example) => ({
    change: {
      path,
      condition,
      text,
      by: place.by,
      advice: null,
      ...(example === undefined ? {} : { example }),
    },
    place: spellPlace(place),
    mark,
    apply: (question) => editPlace(question, place, change),
  });
  return {
    path,
    type: expression.type,
    outcome: compiler.value(expression)(input),
    become: (value, condition, text) =>
      update(
        () => value,
        spellValue(value),
        condition,
        text,
        encode(value, expression.type, compiler.schema),
      ),
    update,
  };
}

function sourceCall(
  expression: Extract<CheckedExpression, { kind: 'call' }>,
  { input, compiler }: SearchContext,
): Changeable | undefined {
  const { builtin } = expression;
  if (builtin.evaluate !== undefined) return undefined;
  const path = pathText(expression);
  const by = expression.arguments.some(isWithinRequest) ? 'request' : 'time';
  return {
    path,
    type: expression.type,
    outcome: compiler.value(expression)(input),
    become: (value, condition) => ({
      change: {
        path: null,
        condition,
        text: `\`${condition}\`, which no value alone brings about`,
        by,
        advice: null,
      },
      place: `source ${builtin.name}`,
      mark: spellValue(value),
      apply: (question) => editSource(question, builtin.name, value),
    }),
    update: undefined,
  };
}

function spellPlace({ root, steps }: ChangeablePlace): string {
  const from = 'reference' in root ? root.reference.key : root.kind;
  return [
    from,
    ...steps.map((step) => (step.kind === 'attribute' ? step.name : `[${String(keyOf(step.value))}]`)),
  ].join(' ');
}

/** A text that tells values of one place apart. */
function spellValue(value: Value): string {
  if (value instanceof ValueSet) return [...value.items.keys()].join(',');
  if (value instanceof ValueMap) return [...value.values.keys()].join(',');
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) || Object.getPrototypeOf(value) === null
    ? JSON.stringify(value)
    : String(keyOf(value));
}
