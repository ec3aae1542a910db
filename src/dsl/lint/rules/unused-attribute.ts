import type { CheckedBundle } from '../../check/bundle.ts';
import type { AttributeInfo } from '../../types/schema.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nodesOfBundle } from '../support/conditions.ts';

export const unusedAttribute = defineLintRule('unusedAttribute', {
  category: 'unused',
  summary: 'No policy reads an attribute.',
  rationale: `No condition, limit, closure or redaction reads the attribute. It costs nothing when deciding, since only what rules read is loaded;
but whoever reads the schema believes that it matters, and whoever keeps the facts keeps it for nothing.

Attributes of entities, of the context and of actions count; those of records within them do not. Where an entity mirrors a table that
others read as well, say so in a remark.`,
  avoid: `entity book stored {
  owner: user
  shelf_mark: string
}

action read on book by user

permit owner: read on book
  when resource.owner == subject
`,
  prefer: `entity book stored {
  owner: user
}

action read on book by user

permit owner: read on book
  when resource.owner == subject
`,
  check: ({ bundle, report }) => {
    const read = readAttributes(bundle);
    const judge = (owner: string, attributes: Iterable<AttributeInfo>): void => {
      for (const { name, declaration } of attributes) {
        if (declaration === undefined || read.has(`${owner}.${name}`)) continue;
        report(declaration.name.span, { owner, attribute: name });
      }
    };
    for (const { name, attributes } of bundle.entities.values()) judge(name, attributes.values());
    judge('context', bundle.contextAttributes.values());
    for (const triple of bundle.triples) {
      judge('action', triple.actionAttributes.values());
      judge('context', triple.contextAttributes.values());
    }
  },
});

/** `entity.attribute`, `context.attribute` and `action.attribute` of all that a decision, a redaction or a closure reads. */
function readAttributes(bundle: CheckedBundle): ReadonlySet<string> {
  const read = new Set<string>();
  for (const node of nodesOfBundle(bundle)) {
    if (node.kind !== 'attribute') continue;
    const { object, name } = node;
    if (object.type.kind === 'reference')
      for (const entity of object.type.entities) read.add(`${entity}.${name}`);
    else if (object.kind === 'variable') read.add(`${object.name}.${name}`);
  }
  for (const { path } of bundle.redactions) {
    const [root, name] = path;
    if (root === 'context' || root === 'action') read.add(`${root}.${name}`);
    // The path says no type: it is hidden wherever an entity has it.
    else for (const entity of bundle.entities.keys()) read.add(`${entity}.${name}`);
  }
  for (const { name, attributes } of bundle.entities.values()) {
    for (const { closure } of attributes.values()) {
      if (closure === undefined) continue;
      for (const reached of bundle.entities.keys()) read.add(`${reached}.${closure.follow.text}`);
      if (closure.first !== undefined) read.add(`${name}.${closure.first.text}`);
    }
  }
  return read;
}
