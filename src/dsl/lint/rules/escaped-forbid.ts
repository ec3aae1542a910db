import type { CheckedLayer, CheckedRule, Triple } from '../../check/bundle.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf, rulesOf, triplesOf } from '../support/bundle-rules.ts';

export const escapedForbid = defineLintRule('escapedForbid', {
  category: 'security',
  summary: 'A `forbid … by TYPE` leaves out subject types that may do the same.',
  rationale: `The forbid names subject types with \`by\`, and subjects of another type may do the same and are not forbidden it. Such a hole is
often made later, when an action is opened to a further type and nobody remembers the forbids.`,
  avoid: `permit services: read on document by service
  when subject.name == "search"

forbid archived: read on document by user
  when resource.status == archived
`,
  prefer: `permit services: read on document by service
  when subject.name == "search"

forbid archived: read on document
  when resource.status == archived
`,
  check: ({ bundle, report }) => {
    const forbids = rulesOf(bundle).filter((rule) => rule.effect === 'forbid');
    const others = profilesOf(forbids);
    for (const rule of forbids) {
      const named = subjectsNamedBy(rule);
      if (named === undefined) continue;
      const covered = triplesOf(rule.cases);
      const asked = new Set(covered.map((triple) => `${triple.action}|${triple.resource}`));
      const subjects = new Set(covered.map((triple) => triple.subject));
      const escaping = bundle.triples.filter(
        (triple) =>
          asked.has(`${triple.action}|${triple.resource}`) &&
          !subjects.has(triple.subject) &&
          !isHandled(triple, rule, subjects, others),
      );
      if (escaping.length === 0) continue;
      const types = [...new Set(escaping.map((triple) => triple.subject))].toSorted();
      report(nameSpanOf(rule), { rule: rule.name, types });
    }
  },
});

/** What forbids of a layer say of a triple, as far as it matters: whom they name, and the mode in which they count. */
interface Profile {
  readonly subjects: readonly string[];
  readonly mode: string | undefined;
}
type Profiles = ReadonlyMap<CheckedLayer, ReadonlyMap<Triple, ReadonlyMap<string, Profile>>>;

function profilesOf(forbids: readonly CheckedRule[]): Profiles {
  const byLayer = new Map<CheckedLayer, Map<Triple, Map<string, Profile>>>();
  for (const rule of forbids) {
    const subjects = subjectsNamedBy(rule);
    if (subjects === undefined) continue;
    const mode = rule.origin.kind === 'mode' ? rule.origin.mode : undefined;
    const key = `${mode ?? ''}|${subjects.toSorted().join()}`;
    const byTriple = byLayer.get(rule.layer) ?? new Map<Triple, Map<string, Profile>>();
    byLayer.set(rule.layer, byTriple);
    for (const triple of triplesOf(rule.cases)) {
      const profiles = byTriple.get(triple) ?? new Map<string, Profile>();
      byTriple.set(triple, profiles.set(key, { subjects, mode }));
    }
  }
  return byLayer;
}

/** True when a forbid that names other subjects, and is on whenever the rule is, has something to say of the triple. */
function isHandled(
  triple: Triple,
  rule: CheckedRule,
  subjects: ReadonlySet<string>,
  others: Profiles,
): boolean {
  const mode = rule.origin.kind === 'mode' ? rule.origin.mode : undefined;
  const profiles = others.get(rule.layer)?.get(triple)?.values() ?? [];
  return [...profiles].some(
    (other) =>
      (other.mode === undefined || other.mode === mode) && !other.subjects.some((name) => subjects.has(name)),
  );
}

function subjectsNamedBy({ origin }: CheckedRule): readonly string[] | undefined {
  if (origin.kind === 'grant') return undefined;
  const named = origin.declaration.scope.subjects;
  return named === undefined || named === 'any' ? undefined : named.map((name) => name.text);
}
