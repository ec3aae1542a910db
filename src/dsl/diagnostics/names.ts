import { type DiagnosticSpec, spec } from './diagnostic.ts';

const didYouMean = (args: { suggestion?: string | undefined }): string | undefined =>
  args.suggestion === undefined ? undefined : `did you mean \`${args.suggestion}\`?`;

/** What other languages call a value that is not there. */
const NOTHINGS: ReadonlySet<string> = new Set(['null', 'nil', 'none', 'undefined', 'None', 'NULL']);

/** Findings about names and types: what is called how, and what fits where. */
export const NAME_DIAGNOSTICS = {
  duplicateDeclaration: spec<{ what: string; name: string }>({
    code: 'VEL2001',
    severity: 'error',
    message: (a) => `${a.what} \`${a.name}\` is declared twice`,
    help: () => 'rename or remove one of the two',
  }),
  unknownName: spec<{ name: string; suggestion?: string | undefined }>({
    code: 'VEL2002',
    severity: 'error',
    message: (a) => `unknown name \`${a.name}\``,
    help: (a) =>
      (NOTHINGS.has(a.name)
        ? 'nothing is written like this; test absence with `not has …`'
        : didYouMean(a)) ??
      'names are `subject`, `resource`, `action`, `context`, `now`, `risk` and those that a `let` declares',
  }),
  unknownAttribute: spec<{
    attribute: string;
    type: string;
    suggestion?: string | undefined;
    optional?: boolean;
  }>({
    code: 'VEL2003',
    severity: 'error',
    message: (a) => `unknown attribute \`${a.attribute}\` on \`${a.type}\``,
    help: (a) =>
      didYouMean(a) ?? (a.optional ? 'where only some types have it, test it with `has` first' : undefined),
  }),
  unknownType: spec<{ name: string; suggestion?: string | undefined }>({
    code: 'VEL2004',
    severity: 'error',
    message: (a) => `unknown type \`${a.name}\``,
    help: (a) => didYouMean(a) ?? 'declare it with `entity` or `enum`',
  }),
  unknownAction: spec<{ name: string; suggestion?: string | undefined }>({
    code: 'VEL2005',
    severity: 'error',
    message: (a) => `unknown action \`${a.name}\``,
    help: (a) => didYouMean(a) ?? 'declare it with `action` or, for a set of actions, with `actions`',
  }),
  unknownMember: spec<{ member: string; enum: string; suggestion?: string | undefined }>({
    code: 'VEL2006',
    severity: 'error',
    message: (a) => `\`${a.enum}\` has no member \`${a.member}\``,
    help: didYouMean,
  }),
  ambiguousName: spec<{ name: string; first: string; second: string; help: string }>({
    code: 'VEL2007',
    severity: 'error',
    message: (a) => `\`${a.name}\` could be ${a.first} or ${a.second}`,
    help: (a) => a.help,
  }),
  reservedName: spec<{ name: string; what: string; reason: string }>({
    code: 'VEL2008',
    severity: 'error',
    message: (a) => `no ${a.what} may be called \`${a.name}\`: ${a.reason}`,
    help: () => 'choose another name',
  }),
  unknownFunction: spec<{ name: string; suggestion?: string | undefined }>({
    code: 'VEL2009',
    severity: 'error',
    message: (a) => `unknown function \`${a.name}\``,
    help: (a) =>
      didYouMean(a) ?? 'functions are the builtins, `let`s with parameters and literals such as `ip("…")`',
  }),
  unknownDeclaration: spec<{
    what: string;
    name: string;
    suggestion?: string | undefined;
    all?: readonly string[];
  }>({
    code: 'VEL2010',
    severity: 'error',
    message: (a) => `unknown ${a.what} \`${a.name}\``,
    help: (a) =>
      didYouMean(a) ??
      (a.all && a.all.length > 0 && `there are ${a.all.map((one) => `\`${one}\``).join(', ')}`),
  }),
  untypedName: spec<{ name: string; enums: readonly string[] }>({
    code: 'VEL2011',
    severity: 'error',
    message: (a) => `nothing here says which enum \`${a.name}\` belongs to`,
    help: (a) => `write ${a.enums.map((one) => `\`${one}.${a.name}\``).join(' or ')}`,
  }),
  hidingName: spec<{ name: string; hidden: string }>({
    code: 'VEL2012',
    severity: 'error',
    message: (a) => `\`${a.name}\` is already ${a.hidden}`,
    help: () => 'choose another name, so that no reader takes one for the other',
  }),
  typeMismatch: spec<{ expected: string; found: string; help?: string | undefined }>({
    code: 'VEL2020',
    severity: 'error',
    message: (a) => `expected ${a.expected}, found ${a.found}`,
    help: (a) => a.help,
  }),
  unlikeOperands: spec<{ operator: string; left: string; right: string; help?: string | undefined }>({
    code: 'VEL2021',
    severity: 'error',
    message: (a) => `\`${a.operator}\` cannot be used between \`${a.left}\` and \`${a.right}\``,
    help: (a) => a.help ?? 'both sides must have one type: nothing is converted implicitly',
  }),
  noEquality: spec<{ type: string }>({
    code: 'VEL2022',
    severity: 'error',
    message: (a) => `values of type \`${a.type}\` cannot be compared`,
    help: () => 'compare single values, or use `contains`, `contains any`, `contains all` or a quantifier',
  }),
  notOrdered: spec<{ type: string; operator: string }>({
    code: 'VEL2023',
    severity: 'error',
    message: (a) => `values of type \`${a.type}\` have no order, so \`${a.operator}\` says nothing of them`,
    help: () => 'an enum has an order when it is declared `ordered`',
  }),
  badOperand: spec<{ operator: string; type: string; help?: string | undefined }>({
    code: 'VEL2024',
    severity: 'error',
    message: (a) => `\`${a.operator}\` cannot be used with a value of type \`${a.type}\``,
    help: (a) => a.help,
  }),
  noAttributes: spec<{ name: string; type: string }>({
    code: 'VEL2025',
    severity: 'error',
    message: (a) => `a value of type \`${a.type}\` has no attributes, so no \`${a.name}\``,
  }),
  notIndexable: spec<{ type: string }>({
    code: 'VEL2026',
    severity: 'error',
    message: (a) => `only a map has keys, and this is of type \`${a.type}\``,
    help: () => 'use `contains`, `in` or a quantifier for sets and lists',
  }),
  wrongArgumentCount: spec<{ name: string; expected: number; found: number }>({
    code: 'VEL2027',
    severity: 'error',
    message: (a) =>
      `\`${a.name}\` takes ${a.expected} argument${a.expected === 1 ? '' : 's'}, found ${a.found}`,
  }),
  badLiteral: spec<{ type: string; reason: string; help?: string | undefined }>({
    code: 'VEL2028',
    severity: 'error',
    message: (a) => `this is no ${a.type}: ${a.reason}`,
    help: (a) => a.help,
  }),
  untypedLiteral: spec<{ literal: string }>({
    code: 'VEL2029',
    severity: 'error',
    message: (a) => `nothing here says what \`${a.literal}\` holds`,
    help: () => 'use it beside a value whose type is known',
  }),
  invalidPattern: spec<{ reason: string }>({
    code: 'VEL2030',
    severity: 'error',
    message: (a) => `the pattern is not valid: ${a.reason}`,
    help: () =>
      'patterns have the syntax of RE2 (no look-around, no back-references) and match the whole text',
  }),
  badArgument: spec<{ name: string; reason: string }>({
    code: 'VEL2031',
    severity: 'error',
    message: (a) => `\`${a.name}\` cannot be called like this: ${a.reason}`,
  }),
  unionNotNarrowed: spec<{ path: string; types: readonly string[] }>({
    code: 'VEL2032',
    severity: 'error',
    message: (a) => `\`${a.path}\` may be ${a.types.map((one) => `\`${one}\``).join(' or ')}`,
    help: (a) => `say which first: \`${a.path} is ${a.types[0]} and …\``,
  }),
  riskMisused: spec<{ use: string }>({
    code: 'VEL2033',
    severity: 'error',
    message: (a) => `\`risk\` is an interval and may only be compared with an int, ${a.use}`,
    help: () => 'write `risk >= 80`, say',
  }),
  notAPath: spec<{ operator: string }>({
    code: 'VEL2034',
    severity: 'error',
    message: (a) => `\`${a.operator}\` asks for something that may be absent, and this never is`,
    help: () =>
      'give it a path such as `resource.team`, a key such as `subject.teams[resource.team]` or a builtin that may have no value',
  }),
  notAReference: spec<{ operator: string; type: string }>({
    code: 'VEL2035',
    severity: 'error',
    message: (a) => `\`${a.operator}\` asks about a reference, and this is of type \`${a.type}\``,
  }),
  invalidType: spec<{ reason: string; help?: string | undefined }>({
    code: 'VEL2040',
    severity: 'error',
    message: (a) => a.reason,
    help: (a) => a.help,
  }),
  invalidAttribute: spec<{ name: string; reason: string; help?: string | undefined }>({
    code: 'VEL2041',
    severity: 'error',
    message: (a) => `attribute \`${a.name}\` ${a.reason}`,
    help: (a) => a.help,
  }),
  invalidClosure: spec<{ reason: string; help?: string | undefined }>({
    code: 'VEL2042',
    severity: 'error',
    message: (a) => a.reason,
    help: (a) => a.help,
  }),
  calledLet: spec<{ name: string; takes: number }>({
    code: 'VEL2043',
    severity: 'error',
    message: (a) =>
      a.takes === 0 ? `\`${a.name}\` takes no arguments` : `\`${a.name}\` needs its arguments`,
    help: (a) => (a.takes === 0 ? `write \`${a.name}\` without parentheses` : `write \`${a.name}(…)\``),
  }),
} satisfies Record<string, DiagnosticSpec<never>>;
