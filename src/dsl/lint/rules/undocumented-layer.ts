import { defineLintRule } from '../lint-rule.ts';

export const undocumentedLayer = defineLintRule('undocumentedLayer', {
  category: 'clarity',
  summary: 'A layer has no documentation.',
  rationale: `A layer answers one question of its own: who is asking, whose it is, whether the session can be believed. A line of \`///\` says which, so that
whoever adds a rule knows whether it belongs here.`,
  avoid: `layer 1 ownership version 1 grants access

permit owner: read on document
  when resource.owner == subject
`,
  prefer: `/// Whose it is: owners act on what they own.
layer 1 ownership version 1 grants access

permit owner: read on document
  when resource.owner == subject
`,
  check: ({ bundle, report }) => {
    for (const { name, declaration, documentation } of bundle.layers)
      if ((documentation ?? '').trim() === '') report(declaration.name.span, { layer: name });
  },
});
