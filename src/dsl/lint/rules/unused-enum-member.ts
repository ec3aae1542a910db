import { visit } from '../../syntax/walk.ts';
import { defineLintRule } from '../lint-rule.ts';

export const unusedEnumMember = defineLintRule('unusedEnumMember', {
  category: 'unused',
  summary: 'Neither a policy nor a test names a member of an enum.',
  rationale: `No rule asks for the member, and no test says what holds of records that have it. That is how a new status slips through rules that
were written before it: nobody decided what it means.

Members of an \`ordered\` enum are used by comparing with the others. Enums often mirror a column: a member may be needed although no
policy names it, and a test that sets it says that somebody thought of it.`,
  avoid: `enum shelf { open, closed }

entity book stored {
  shelf: shelf
}

action read on book by user

permit readers: read on book
  when resource.shelf == open
`,
  prefer: `enum shelf { open, closed }

entity book stored {
  shelf: shelf
}

action read on book by user

permit readers: read on book
  when resource.shelf == open

forbid locked: read on book
  when resource.shelf == closed
`,
  check: ({ bundle, report }) => {
    const named = new Set<string>();
    const add = (name: string): void => void named.add(name);
    for (const file of bundle.files) {
      visit(file, {
        nameExpression: ({ name }) => add(name),
        memberExpression: ({ member }) => add(member.text),
        rateEntry: ({ member }) => add(member.text),
        stringLiteral: ({ value }) => add(value),
        recordEntry: ({ key }) => add(key.kind === 'name' ? key.text : String(key.value)),
      });
    }
    for (const { name, ordered, declaration } of bundle.enums.values()) {
      if (ordered || declaration === undefined) continue;
      for (const member of declaration.members) {
        // Tests may also write a member as a string.
        if (!named.has(member.name.text)) report(member.name.span, { enum: name, member: member.name.text });
      }
    }
  },
});
