import { Type } from '../../json-schema.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf, rulesOf } from '../support/bundle-rules.ts';

export const unconditionalDestruction = defineLintRule('unconditionalDestruction', {
  category: 'security',
  summary: 'A permit lets whoever asks destroy, share or administer.',
  rationale: `\`when true\` asks for nothing. On an action that cannot be undone, or that hands rights to others, that is hardly ever meant: often it
was written to get something running. Other claims may still be required, but this one is given away.`,
  avoid: `permit cleanup: delete on document
  when true
`,
  prefer: `permit cleanup: delete on document
  when resource.owner == subject and resource.status == archived
`,
  options: {
    properties: {
      actions: Type.Array(Type.String(), {
        description: 'Names of actions, and of sets of actions, that need a condition.',
      }),
    },
    defaults: {
      actions: [
        'administer',
        'delete',
        'destroy',
        'destructive',
        'erase',
        'grant',
        'purge',
        'remove',
        'revoke',
        'share',
        'transfer',
        'wipe',
      ],
    },
  },
  check: ({ bundle, options, report }) => {
    const sets = new Map<string, readonly string[]>();
    for (const declaration of bundle.files.flatMap((file) => file.declarations)) {
      if (declaration.kind === 'actionSet')
        sets.set(
          declaration.name.text,
          declaration.actions.map(({ text }) => text),
        );
    }
    // Sets may hold sets, and not themselves.
    const named = new Set(options.actions);
    for (const name of named) for (const member of sets.get(name) ?? []) named.add(member);
    for (const rule of rulesOf(bundle)) {
      if (rule.effect !== 'permit' || rule.origin.kind !== 'rule') continue;
      const open = new Set<string>();
      for (const { condition, triples } of rule.cases) {
        if (condition !== undefined) continue;
        for (const { action } of triples) if (named.has(action)) open.add(action);
      }
      if (open.size > 0) report(nameSpanOf(rule), { rule: rule.name, actions: [...open].toSorted() });
    }
  },
});
