import { namesIn } from '../../check/expression-children.ts';
import type { LetDeclaration } from '../../syntax/ast.ts';
import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';
import { removeDeclaration } from '../support/edits.ts';

export const unusedLet = defineLintRule('unusedLet', {
  category: 'unused',
  fixes: true,
  summary: 'Nothing uses a `let`.',
  rationale: `A \`let\` that no rule uses, itself or through other \`let\`s, decides nothing. Readers will take it for part of the policy, and a rule
that was meant to use it may have been forgotten.

The fix removes it, with its documentation; of several that use each other, first those that no other uses.`,
  avoid: `/// Long enough to need an index.
let is_long = resource.pages > 300

permit owner: read on document
  when resource.owner == subject
`,
  prefer: `permit owner: read on document
  when resource.owner == subject
`,
  check: ({ bundle, report }) => {
    const lets = new Map<string, LetDeclaration>();
    const used = new Set<string>();
    for (const file of bundle.files) {
      for (const declaration of file.declarations) {
        if (declaration.kind === 'let') lets.set(declaration.name.text, declaration);
        else visit(declaration, { nameExpression: ({ name }) => void used.add(name) });
      }
    }
    // What used ones use is used.
    for (const name of used) {
      const declaration = lets.get(name);
      if (declaration !== undefined) for (const one of namesIn(declaration.value)) used.add(one);
    }
    const mentioned = new Set([...lets.values()].flatMap(({ value }) => [...namesIn(value)]));
    for (const [name, { span, name: written }] of lets) {
      if (used.has(name)) continue;
      // What stands in another unused one goes after that one: with it still there, the bundle would have an error.
      const fix = { title: `remove \`${name}\``, edits: [removeDeclaration(span)] };
      report(written.span, { name }, mentioned.has(name) ? {} : { fix });
    }
  },
});
