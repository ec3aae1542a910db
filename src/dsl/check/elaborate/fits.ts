import type { Expression } from '../../syntax/ast.ts';
import { sameType, showType, type Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import { isTextKind } from '../parse-scalar.ts';
import type { Elaboration } from './elaboration.ts';

/** True when a value of type `found` may stand where `wanted` is declared: the same type, or fewer entities than a union has. */
function fits(found: Type, wanted: Type): boolean {
  if (found === wanted) return true;
  switch (wanted.kind) {
    case 'reference':
      return found.kind === 'reference' && found.entities.every((entity) => wanted.entities.includes(entity));
    case 'set':
    case 'list':
      return found.kind === wanted.kind && fits(found.element, wanted.element);
    case 'map':
      return found.kind === 'map' && sameType(found.key, wanted.key) && fits(found.value, wanted.value);
    case 'record':
      if (found.kind !== 'record') return false;
      for (const [name, attribute] of wanted.attributes) {
        const given = found.attributes.get(name);
        if (given === undefined) {
          if (!attribute.optional) return false;
        } else if (!fits(given.type, attribute.type) || (given.optional && !attribute.optional)) return false;
      }
      return true;
    default:
      return sameType(found, wanted);
  }
}

/** True, after a report, when an operand does not fit. */
export function mismatch(
  e: Elaboration,
  checked: CheckedExpression,
  wanted: Type,
  written: Expression,
): boolean {
  if (fits(checked.type, wanted)) return false;
  if (checked.type.kind === 'risk')
    e.report('riskMisused', written.span, { use: `not used as \`${showType(wanted)}\`` });
  else {
    e.report('typeMismatch', written.span, {
      expected: `a value of type \`${showType(wanted)}\``,
      found: `one of type \`${showType(checked.type)}\``,
      help: literalHelp(checked, wanted),
    });
  }
  return true;
}

/** How to write a string as the type that was meant. */
export function literalHelp(checked: CheckedExpression, wanted: Type): string | undefined {
  if (checked.kind !== 'constant' || typeof checked.value !== 'string' || checked.type.kind !== 'string')
    return undefined;
  const text = JSON.stringify(checked.value);
  if (isTextKind(wanted.kind)) return `write \`${wanted.kind}(${text})\``;
  if (wanted.kind === 'reference')
    return `write ${wanted.entities.map((one) => `\`${one}(${text})\``).join(' or ')}`;
  if (wanted.kind === 'enum') return `write the member without quotes: \`${checked.value}\``;
  return undefined;
}

/** What a set or a list holds. */
export function elementOf(type: Type): Type | undefined {
  return type.kind === 'set' || type.kind === 'list' ? type.element : undefined;
}
