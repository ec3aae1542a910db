import { expect } from 'chai';
import type { CheckedBundle } from '../../../src/dsl/check/bundle.ts';
import { FormCounter } from '../../support/count-forms.ts';
import type { Asked } from '../../support/generated-case.ts';
import type { Law } from '../../support/law-pass.ts';
import type { Scenario } from '../../support/scenario.ts';

const forms = new FormCounter();

/** What the laws are tried on is the whole language, and requests that a caller could think of. */
export const wholeLanguage: Law = {
  name: 'the generated bundles hold every form of the language, and the requests everything that may go wrong',
  aboutRequests: true,
  premises: {
    'alien action': 0.05,
    'alien type': 0.05,
    'ill-typed value': 0.5,
    'missing required value': 0.5,
    'value that is not taken': 0.5,
    'name of JavaScript': 0.2,
    'number out of range': 0.05,
    'reference with properties': 0.2,
    'record that cannot be loaded': 0.5,
    'record that is not there': 1,
    'failing source': 0.2,
  },
  check({ asked, bundle }, tally) {
    forms.count(bundle);
    for (const one of asked) {
      tally.request(one.verdict.permitted);
      for (const oddity of odditiesOf(one, bundle)) tally.note(oddity);
    }
  },
  conclude() {
    const width = Math.max(...[...forms.counts.keys()].map((form) => form.length));
    const cells = [...forms.counts].map(
      ([form, count]) => `${form.padEnd(width)}${String(count).padStart(8)}`,
    );
    const rows = Math.ceil(cells.length / 3);
    for (let row = 0; row < rows; row += 1)
      console.log(`        ${[row, row + rows, row + 2 * rows].map((at) => cells[at] ?? '').join('   ')}`);
    expect(forms.missing, 'forms of the language that no generated bundle held').to.deep.equal([]);
  },
};

/** What is unusual about a question. */
function* odditiesOf({ scenario, question }: Asked, bundle: CheckedBundle): Generator<string> {
  const { request } = question;
  const asked = scenario.request;
  if (!bundle.actionsBySpelling.has(asked.action.name)) yield 'alien action';
  if ([asked.subject, asked.resource].some((one) => !bundle.entities.has(one.type))) yield 'alien type';
  if (request.illTyped.length > 0) yield 'ill-typed value';
  if (request.ignored.length > 0) yield 'value that is not taken';
  const said = asked.context ?? {};
  for (const attribute of request.triple?.contextAttributes.values() ?? []) {
    const { name, spelling, optional, default: fallback } = attribute;
    if (optional || fallback !== undefined || Object.hasOwn(said, spelling) || Object.hasOwn(said, name))
      continue;
    yield 'missing required value';
    break;
  }
  const text = JSON.stringify(asked);
  if (/"(__proto__|constructor|toString|hasOwnProperty)":/.test(text)) yield 'name of JavaScript';
  if (/:-?(9007199254740992|1e\+30\d)/.test(text)) yield 'number out of range';
  if (request.supplied.size > 2) yield 'reference with properties';
  if (scenario.records.some((one) => one.unavailable === true)) yield 'record that cannot be loaded';
  if (isGone(scenario, asked.subject) || isGone(scenario, asked.resource)) yield 'record that is not there';
  if (Object.values(scenario.sources).some((state) => state === 'failed' || state === 'throws'))
    yield 'failing source';
}

function isGone(
  { records }: Scenario,
  { type, id }: { readonly type: string; readonly id: string },
): boolean {
  return !records.some((one) => one.type === type && one.id === id);
}
