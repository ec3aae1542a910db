import { Type } from '../../json-schema.ts';
import { visit } from '../../syntax/walk.ts';
import { parseDuration } from '../../types/parse-duration.ts';
import { defineLintRule } from '../lint-rule.ts';
import { writtenConditions } from '../support/conditions.ts';

export const magicNumber = defineLintRule('magicNumber', {
  category: 'clarity',
  summary: 'A number or a duration stands in a condition without a name.',
  rationale: `\`risk >= 80\` says how much and not why, and the next rule may say 75 and mean the same. A \`let\` gives the number a name, a place for the
reason behind it, and one line to change. Numbers within a \`let\` have a name; so have rates, weights and times of life, which the
language names itself.`,
  avoid: `permit short: read on document
  when resource.pages < 30
`,
  prefer: `/// What can be read in one sitting.
let one_sitting = 30

permit short: read on document
  when resource.pages < one_sitting
`,
  options: {
    properties: {
      allow: Type.Array(Type.Union([Type.Number(), Type.String()]), {
        description: 'Numbers, and durations such as `"1d"`, that need no name.',
      }),
    },
    defaults: { allow: [0, 1] },
  },
  check: ({ bundle, options, report }) => {
    const numbers = new Set(options.allow.filter((one) => typeof one === 'number'));
    const durations = new Set(
      options.allow.flatMap((one) => (typeof one === 'string' ? [parseDuration(one)] : [])),
    );
    for (const file of bundle.files) {
      for (const { condition } of writtenConditions(file)) {
        visit(condition, {
          integerLiteral: ({ value, span }) => {
            if (!numbers.has(value)) report(span, { literal: String(value) });
          },
          floatLiteral: ({ value, text, span }) => {
            if (!numbers.has(value)) report(span, { literal: text });
          },
          durationLiteral: ({ milliseconds, text, span }) => {
            if (!durations.has(milliseconds)) report(span, { literal: text });
          },
        });
      }
    }
  },
});
