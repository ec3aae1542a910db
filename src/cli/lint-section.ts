import type { TSchema } from 'typebox';
import { nearestName } from '../dsl/diagnostics/nearest-name.ts';
import { Type } from '../dsl/json-schema.ts';
import type { RuleSetting } from '../dsl/lint/lint-bundle.ts';
import { LINT_LEVELS, type LintLevel, type LintRule } from '../dsl/lint/lint-rule.ts';
import { LINT_RULES } from '../dsl/lint/rules/index.ts';
import { createValidator } from '../server/http/validator.ts';
import { UsageError } from './usage-error.ts';

const Level = Type.Union(LINT_LEVELS.map((level) => Type.Literal(level)));

/** What a rule may be set to: a level, or a level and options of its own. */
function settingSchema(rule: LintRule): TSchema {
  const { options, summary, level } = rule;
  const whole = Type.Object(
    { level: Type.Optional(Level), ...optional(options?.schema.properties ?? {}) },
    { additionalProperties: false },
  );
  return Type.Optional(Type.Union([Level, whole], { description: `${summary} Default: ${level}.` }));
}

function optional(properties: Readonly<Record<string, TSchema>>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, Type.Optional(one)]));
}

/** The schema of `velro.json`, for editors; `docs/velro.schema.json` holds it. */
export function configurationSchema(): TSchema {
  return Type.Object(
    {
      $schema: Type.Optional(Type.String()),
      lint: Type.Optional(
        Type.Object(
          {
            rules: Type.Optional(
              Type.Object(Object.fromEntries(LINT_RULES.map((rule) => [rule.name, settingSchema(rule)])), {
                additionalProperties: false,
                description: 'Levels and options by name of the rule.',
              }),
            ),
            ignore: Type.Optional(
              Type.Array(Type.String({ minLength: 1 }), {
                description: 'Files whose findings are left out: globs, from the folder of this file.',
              }),
            ),
          },
          { additionalProperties: false },
        ),
      ),
    },
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'velro.json',
      additionalProperties: false,
    },
  );
}

export interface LintSection {
  readonly settings: ReadonlyMap<string, RuleSetting>;
  readonly ignore: readonly string[];
}

/** What a configuration says of lint; misuse, with the nearest name, for anything that is not known. */
export function readLintSection(value: unknown, path: string): LintSection {
  const refuse = (pointer: string, problem: string, help?: string): never => {
    throw new UsageError(`${path}: ${pointer === '' ? 'it' : `\`${pointer}\``} ${problem}`, help);
  };
  const objectAt = (
    one: unknown,
    pointer: string,
    known: readonly string[],
  ): Readonly<Record<string, unknown>> => {
    if (typeof one !== 'object' || one === null || Array.isArray(one))
      return refuse(pointer, 'must be an object');
    for (const key of Object.keys(one)) {
      if (known.includes(key)) continue;
      const near = nearestName(key, known);
      refuse(
        pointer === '' ? key : `${pointer}.${key}`,
        'is not known',
        near === undefined ? `known are: ${known.join(', ')}` : `did you mean \`${near}\`?`,
      );
    }
    return one as Readonly<Record<string, unknown>>;
  };
  const whole = objectAt(value, '', ['$schema', 'lint']);
  if (whole['$schema'] !== undefined && typeof whole['$schema'] !== 'string')
    refuse('$schema', 'must be a text');
  const lint = whole['lint'] === undefined ? {} : objectAt(whole['lint'], 'lint', ['rules', 'ignore']);
  const ignore = lint['ignore'] ?? [];
  if (!Array.isArray(ignore) || !ignore.every((one) => typeof one === 'string' && one !== ''))
    return refuse('lint.ignore', 'must be a list of globs');
  const names = LINT_RULES.map(({ name }) => name);
  const rules = lint['rules'] === undefined ? {} : objectAt(lint['rules'], 'lint.rules', names);
  const settings = new Map<string, RuleSetting>();
  for (const rule of LINT_RULES) {
    const setting = rules[rule.name];
    if (setting === undefined) continue;
    const pointer = `lint.rules.${rule.name}`;
    const known = ['level', ...Object.keys(rule.options?.schema.properties ?? {})];
    const given = typeof setting === 'string' ? { level: setting } : objectAt(setting, pointer, known);
    const { level, ...options } = given as { readonly level?: unknown };
    if (level !== undefined && !isLevel(level)) refuse(pointer, `must be one of: ${LINT_LEVELS.join(', ')}`);
    const [problem] = problemsOf(rule, options);
    if (problem !== undefined) refuse(`${pointer}${problem.pointer.replaceAll('/', '.')}`, problem.message);
    settings.set(rule.name, { ...(isLevel(level) ? { level } : {}), options });
  }
  return { settings, ignore: ignore as readonly string[] };
}

function isLevel(level: unknown): level is LintLevel {
  return LINT_LEVELS.some((one) => one === level);
}

function problemsOf(
  rule: LintRule,
  options: object,
): readonly { readonly pointer: string; readonly message: string }[] {
  if (rule.options === undefined) return [];
  const schema = Type.Object(optional(rule.options.schema.properties), { additionalProperties: false });
  return createValidator(schema)(options) ?? [];
}
