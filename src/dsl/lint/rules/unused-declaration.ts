import type { Fix } from '../../diagnostics/diagnostic.ts';
import type { Declaration, Name } from '../../syntax/ast.ts';
import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';
import { removeDeclaration } from '../support/edits.ts';

export const unusedDeclaration = defineLintRule('unusedDeclaration', {
  category: 'unused',
  fixes: true,
  summary: 'Nothing uses an enum, a set of actions, a fixture or a role that grants nothing.',
  rationale: `What nothing refers to decides nothing. It may be left over; or a rule that should say \`sensitive\` names the actions one by one and
will miss the next.

The fix removes sets of actions and fixtures. Enums and roles are left to people: records may still hold their members.`,
  avoid: `actions changing { update, delete }

permit owner: update, delete on document
  when resource.owner == subject
`,
  prefer: `permit owner: update, delete on document
  when resource.owner == subject
`,
  check: ({ bundle, report }) => {
    const used = { actions: new Set<string>(), fixtures: new Set<string>(), types: new Set<string>() };
    const expressions = new Set<string>();
    const extended = new Set<string>();
    const add = (set: Set<string>, names: readonly Name[] | 'any'): void => {
      if (names !== 'any') for (const { text } of names) set.add(text);
    };
    for (const file of bundle.files) {
      visit(file, {
        scope: ({ actions }) => add(used.actions, actions),
        actionSet: ({ actions }) => add(used.actions, actions),
        testExpectation: ({ actions }) => add(used.actions, actions),
        test: ({ fixtures }) => add(used.fixtures, fixtures),
        namedType: ({ name }) => void used.types.add(name.text),
        nameExpression: ({ name }) => void expressions.add(name),
        memberExpression: ({ member }) => void expressions.add(member.text),
        stringLiteral: ({ value }) => void expressions.add(value),
        role: (role) => add(extended, role.extends),
      });
    }
    const removing = (declaration: Declaration & { readonly name: Name }): { readonly fix: Fix } => ({
      fix: {
        title: `remove \`${declaration.name.text}\``,
        edits: [removeDeclaration(declaration.span)],
      },
    });
    for (const declaration of bundle.files.flatMap((file) => file.declarations)) {
      switch (declaration.kind) {
        case 'actionSet':
          if (used.actions.has(declaration.name.text)) break;
          report(
            declaration.name.span,
            { what: 'set of actions', name: declaration.name.text },
            removing(declaration),
          );
          break;
        case 'fixture':
          if (used.fixtures.has(declaration.name.text)) break;
          report(
            declaration.name.span,
            { what: 'fixture', name: declaration.name.text },
            removing(declaration),
          );
          break;
        case 'enum':
          if (used.types.has(declaration.name.text) || expressions.has(declaration.name.text)) break;
          report(declaration.name.span, { what: 'enum', name: declaration.name.text });
          break;
        case 'role': {
          const { name, grants } = declaration;
          const isAskedFor = grants.length > 0 || expressions.has(name.text) || extended.has(name.text);
          // One that extends another holds the other's grants.
          if (!isAskedFor && declaration.extends.length === 0)
            report(name.span, { what: 'role', name: name.text });
          break;
        }
        default:
          break;
      }
    }
  },
});
