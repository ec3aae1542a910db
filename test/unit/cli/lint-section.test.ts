import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { configurationSchema, readLintSection } from '../../../src/cli/lint-section.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const accepts = new Ajv2020({ strict: true }).compile(configurationSchema());

/** What is wrong with a configuration, and the help. */
function refusal(value: unknown): string | undefined {
  try {
    readLintSection(value, 'velro.json');
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.help === undefined ? error.message : `${error.message}; ${error.help}`;
  }
}

const rules = (value: unknown) => ({ lint: { rules: value } });

describe('velro.json', () => {
  const good: unknown[] = [
    {},
    { $schema: './velro.schema.json', lint: {} },
    rules({}),
    rules({ 'magic-number': 'off', 'missing-reason': 'error' }),
    rules({ 'magic-number': { allow: [0, 1, '1d'] } }),
    rules({ 'duplicate-condition': { level: 'error', places: 2 } }),
    rules({ 'unused-let': { level: 'warning' } }),
    { lint: { ignore: ['generated/**'] } },
  ];
  for (const value of good) {
    it(`may be ${JSON.stringify(value)}`, () => {
      expect(refusal(value)).to.equal(undefined);
      expect(accepts(value)).to.equal(true);
    });
  }

  const bad: [value: unknown, refusal: string][] = [
    [[], 'velro.json: it must be an object'],
    [null, 'velro.json: it must be an object'],
    [{ lnt: {} }, 'velro.json: `lnt` is not known; did you mean `lint`?'],
    [{ lint: { rule: {} } }, 'velro.json: `lint.rule` is not known; did you mean `rules`?'],
    [{ $schema: 1 }, 'velro.json: `$schema` must be a text'],
    [{ lint: { ignore: 'x' } }, 'velro.json: `lint.ignore` must be a list of globs'],
    [{ lint: { ignore: [''] } }, 'velro.json: `lint.ignore` must be a list of globs'],
    [
      rules({ 'magic-nmber': 'off' }),
      'velro.json: `lint.rules.magic-nmber` is not known; did you mean `magic-number`?',
    ],
    [
      rules({ 'magic-number': 'warn' }),
      'velro.json: `lint.rules.magic-number` must be one of: off, warning, error',
    ],
    [rules({ 'magic-number': 1 }), 'velro.json: `lint.rules.magic-number` must be an object'],
    [
      rules({ 'magic-number': { alow: [] } }),
      'velro.json: `lint.rules.magic-number.alow` is not known; did you mean `allow`?',
    ],
    [
      rules({ 'magic-number': { allow: [true] } }),
      'velro.json: `lint.rules.magic-number.allow.0` must be number',
    ],
    [
      rules({ 'duplicate-condition': { places: 1 } }),
      'velro.json: `lint.rules.duplicate-condition.places` must be >= 2',
    ],
    [
      rules({ 'unused-let': { allow: [] } }),
      'velro.json: `lint.rules.unused-let.allow` is not known; known are: level',
    ],
  ];
  for (const [value, message] of bad) {
    it(`must not be ${JSON.stringify(value)}`, () => {
      expect(refusal(value)).to.equal(message);
      expect(accepts(value)).to.equal(false);
    });
  }

  it('of the documentation is one that is accepted', () => {
    const page = readFileSync(new URL('../../../docs/lint/README.md', import.meta.url), 'utf8');
    const example: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    expect(refusal(example)).to.equal(undefined);
    expect(accepts(example)).to.equal(true);
  });
});
