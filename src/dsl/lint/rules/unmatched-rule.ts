import type { CheckedBundle } from '../../check/bundle.ts';
import type { Span } from '../../source/source-text.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf } from '../support/bundle-rules.ts';

export const unmatchedRule = defineLintRule('unmatchedRule', {
  category: 'testing',
  summary: 'No test of the bundle matches a rule.',
  rationale: `A rule that no test matches can be mistyped, inverted or removed, and nobody notices. A policy is code that decides who gets in:
every rule deserves a \`test\` in which its condition holds, and one in which it does not.

\`velro lint\` runs the bundle's tests to know this; \`velro check\` does not. Grants of roles, limits, signals and overrides count as
rules here.`,
  avoid: `permit owner: read on document
  when resource.owner == subject

permit reviewer: read on document
  when resource.reviewers contains subject

test "an owner reads" {
  subject user ada {}
  resource document plan { owner: ada, reviewers: {} }
  expect permit read
}
`,
  prefer: `permit owner: read on document
  when resource.owner == subject

permit reviewer: read on document
  when resource.reviewers contains subject

test "an owner reads" {
  subject user ada {}
  resource document plan { owner: ada, reviewers: {} }
  expect permit read
}

test "a reviewer reads" {
  subject user ben {}
  resource document plan { owner: ada, reviewers: {ben} }
  expect permit read
}
`,
  check: ({ bundle, matched, report }) => {
    if (matched === undefined) return;
    if (bundle.tests.length === 0) {
      const [layer] = bundle.layers;
      if (layer !== undefined) report(layer.declaration.name.span, { rule: undefined, kind: '' });
      return;
    }
    const places = placesOf(bundle);
    for (const { name, kind, matched: count } of matched) {
      const span = places.get(name);
      if (count === 0 && span !== undefined) report(span, { rule: name, kind });
    }
  },
});

/** Where each rule, limit, signal and override is named, by `layer.rule`. */
function placesOf(bundle: CheckedBundle): ReadonlyMap<string, Span> {
  const places = new Map<string, Span>();
  for (const layer of bundle.layers) {
    for (const rule of layer.rules) places.set(`${layer.name}.${rule.name}`, nameSpanOf(rule));
    for (const limit of layer.limits) places.set(`${layer.name}.${limit.name}`, limit.declaration.name.span);
  }
  for (const one of [...bundle.overrides.values(), ...bundle.signals.values()])
    places.set(`${one.layer.name}.${one.name}`, one.declaration.name.span);
  return places;
}
