import type { Closure, Name } from '../syntax/ast.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../types/schema.ts';
import { showType, type Type } from '../types/types.ts';
import type { Findings } from './findings.ts';

/** Checks every `closure(…)` of an entity: what it follows are references, and their types fit together. */
export function checkClosure(entity: EntityInfo, schema: Schema, findings: Findings): void {
  for (const attribute of entity.attributes.values()) {
    if (attribute.closure !== undefined) checkOne(entity, attribute, attribute.closure, schema, findings);
  }
}

function checkOne(
  entity: EntityInfo,
  attribute: AttributeInfo,
  closure: Closure,
  schema: Schema,
  findings: Findings,
): void {
  const refuse = (reason: string, help?: string): void =>
    findings.report('invalidClosure', closure.span, { reason, help });
  if (attribute.optional) {
    refuse('a closure is never absent: with nothing to follow it is empty', 'remove the `?`');
    return;
  }
  const start = closure.first ?? closure.follow;
  const first = followed(entity, start, findings);
  if (first === undefined) return;
  const target = schema.entities.get(first);
  if (target === undefined) return;
  if (closure.first === undefined) {
    if (first !== entity.name) {
      refuse(
        `\`${start.text}\` leads from \`${entity.name}\` to \`${first}\`, so it cannot be followed again`,
        `write \`closure(${start.text} then …, depth ${closure.depth})\` to follow an attribute of \`${first}\``,
      );
      return;
    }
  } else {
    const then = followed(target, closure.follow, findings);
    if (then === undefined) return;
    if (then !== first) {
      refuse(
        `\`${closure.follow.text}\` leads from \`${first}\` to \`${then}\`, so it cannot be followed again`,
      );
      return;
    }
  }
  const expected: Type = { kind: 'set', element: { kind: 'reference', entities: [first] } };
  if (showType(attribute.type) !== showType(expected)) {
    refuse(
      `a closure over \`${closure.follow.text}\` is a \`${showType(expected)}\`, not a \`${showType(attribute.type)}\``,
    );
  }
}

/** The entity to which an attribute of references leads. */
function followed(entity: EntityInfo, name: Name, findings: Findings): string | undefined {
  const attribute = entity.attributes.get(name.text);
  if (attribute === undefined) {
    if (entity.declaration.attributes.some((one) => one.name.text === name.text && one.name.text !== 'id'))
      return undefined;
    const suggestion = findings.nearest(name.text, entity.attributes.keys());
    findings.report('unknownAttribute', name.span, { attribute: name.text, type: entity.name, suggestion });
    return undefined;
  }
  const { type } = attribute;
  const element = type.kind === 'set' || type.kind === 'list' ? type.element : type;
  const refuse = (reason: string): undefined => {
    findings.report('invalidClosure', name.span, { reason });
    return undefined;
  };
  if (attribute.closure !== undefined) return refuse(`\`${name.text}\` is a closure itself`);
  if (element.kind !== 'reference') {
    return refuse(`\`${name.text}\` is of type \`${showType(type)}\`, and only references can be followed`);
  }
  const [target] = element.entities;
  if (target === undefined || element.entities.length > 1) {
    return refuse(
      `\`${name.text}\` may refer to several types (\`${showType(element)}\`), so it cannot be followed`,
    );
  }
  return target;
}
