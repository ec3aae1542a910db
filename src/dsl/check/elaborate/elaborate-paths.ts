import type {
  ExistsExpression,
  HasExpression,
  IndexExpression,
  MemberExpression,
  Name,
} from '../../syntax/ast.ts';
import { BOOL, STRING, showType } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import { showPath } from '../paths.ts';
import { truth } from './elaborate-literals.ts';
import { elaborateQualifiedMember, narrow } from './elaborate-names.ts';
import { type Elaboration, MISSING, type Missing, type MissingAttribute, type Scope } from './elaboration.ts';
import { mismatch } from './fits.ts';

/** `object.name`. In a path that `has` or `exists` asks for (`asked`), an attribute that the type lacks is MISSING. */
export function elaborateMember(
  e: Elaboration,
  written: MemberExpression,
  scope: Scope,
  asked: boolean,
): CheckedExpression | Missing | undefined {
  const qualified = elaborateQualifiedMember(e, written, scope);
  if (qualified !== undefined) return qualified.result;
  const object = asked ? e.elaboratePath(written.object, scope) : e.elaborate(written.object, scope);
  if (object === undefined || object === MISSING) return object;
  const { type } = object;
  const name = written.member.text;
  if (type.kind === 'reference') {
    if (name === 'id') return { kind: 'identifier', type: STRING, node: written, object };
    const [entity, other] = type.entities;
    if (entity === undefined) return undefined;
    if (other !== undefined) {
      e.report('unionNotNarrowed', written.object.span, { path: showPath(object), types: type.entities });
      return undefined;
    }
    const attributes = e.schema.entities.get(entity)?.attributes;
    const attribute = attributes?.get(name);
    if (attributes === undefined || attribute === undefined) {
      if (e.isPoisoned(entity, name)) return undefined;
      return lacking(e, written.member, entity, attributes?.keys() ?? [], asked);
    }
    const { optional } = attribute;
    return narrow({ kind: 'attribute', type: attribute.type, node: written, object, name, optional }, scope);
  }
  if (type.kind === 'record') {
    const attribute = type.attributes.get(name);
    const owner = object.kind === 'variable' ? object.name : showType(type);
    if (attribute === undefined) {
      if (e.isPoisoned(owner, name)) return undefined;
      return lacking(
        e,
        written.member,
        object.kind === 'variable' ? owner : showPath(object),
        type.attributes.keys(),
        asked,
      );
    }
    const { optional } = attribute;
    return narrow({ kind: 'attribute', type: attribute.type, node: written, object, name, optional }, scope);
  }
  if (type.kind === 'risk') e.report('riskMisused', written.object.span, { use: 'and has no attributes' });
  else e.report('noAttributes', written.member.span, { name, type: showType(type) });
  return undefined;
}

/** The attribute that the last MISSING was about. One expression is elaborated at a time. */
let lastMissing: MissingAttribute | undefined;

function lacking(
  e: Elaboration,
  member: Name,
  type: string,
  known: Iterable<string>,
  asked: boolean,
): Missing | undefined {
  const suggestion = e.nearest(member.text, known);
  if (asked) {
    lastMissing = { span: member.span, attribute: member.text, type, suggestion };
    return MISSING;
  }
  e.report('unknownAttribute', member.span, { attribute: member.text, type, suggestion, optional: true });
  return undefined;
}

/** `map[key]`. */
export function elaborateIndex(
  e: Elaboration,
  written: IndexExpression,
  scope: Scope,
  asked: boolean,
): CheckedExpression | Missing | undefined {
  const object = asked ? e.elaboratePath(written.object, scope) : e.elaborate(written.object, scope);
  if (object === undefined || object === MISSING) return object;
  if (object.type.kind !== 'map') {
    e.report('notIndexable', written.object.span, { type: showType(object.type) });
    return undefined;
  }
  const key = asked
    ? e.elaboratePath(written.key, scope, object.type.key)
    : e.elaborate(written.key, scope, object.type.key);
  if (key === undefined || key === MISSING) return key;
  if (mismatch(e, key, object.type.key, written.key)) return undefined;
  return narrow({ kind: 'index', type: object.type.value, node: written, object, key }, scope);
}

/** `has PATH`: false for a type that lacks an attribute of the path. */
export function elaborateHas(
  e: Elaboration,
  written: HasExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const operand = e.elaboratePath(written.operand, scope);
  if (operand === undefined) return undefined;
  e.notePresence(written, operand === MISSING ? lastMissing : undefined);
  if (operand === MISSING) return truth(written, false);
  // An id is there where its reference is.
  const asked = operand.kind === 'identifier' ? operand.object : operand;
  if (asked.kind === 'variable' && asked.type.kind === 'reference') return truth(written, true);
  const mayBeAbsent =
    asked.kind === 'attribute' ||
    asked.kind === 'index' ||
    (asked.kind === 'call' && asked.builtin.mayBeAbsent);
  if (!mayBeAbsent) {
    e.report('notAPath', written.operand.span, { operator: 'has' });
    return undefined;
  }
  return { kind: 'has', type: BOOL, node: written, operand: asked };
}

/** `exists REFERENCE`: false for a type that lacks an attribute of the path. */
export function elaborateExists(
  e: Elaboration,
  written: ExistsExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const operand = e.elaboratePath(written.operand, scope);
  if (operand === undefined) return undefined;
  e.notePresence(written, operand === MISSING ? lastMissing : undefined);
  if (operand === MISSING) return truth(written, false);
  if (operand.type.kind !== 'reference') {
    e.report('notAReference', written.operand.span, { operator: 'exists', type: showType(operand.type) });
    return undefined;
  }
  return { kind: 'exists', type: BOOL, node: written, operand };
}
