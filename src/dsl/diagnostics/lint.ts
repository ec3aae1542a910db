import { type DiagnosticSpec, spec } from './diagnostic.ts';

/** Findings about what is legal and still surprising. */
export const LINT_DIAGNOSTICS = {
  vacuousPermit: spec<{ collection: string }>({
    code: 'VEL4001',
    severity: 'warning',
    message: (a) => `this holds of every element also when \`${a.collection}\` is empty, and permits`,
    help: (a) => `ask for an element too: \`not set.is_empty(${a.collection}) and …\``,
  }),
  evadableForbid: spec<{ path: string; rule: string }>({
    code: 'VEL4002',
    severity: 'warning',
    message: (a) => `a caller that leaves out \`${a.path}\` switches \`${a.rule}\` off`,
    help: (a) => `forbid what does not say it too: \`not has ${a.path} or …\``,
  }),
  escapedForbid: spec<{ rule: string; types: readonly string[] }>({
    code: 'VEL4003',
    severity: 'warning',
    message: (a) =>
      `${a.types.map((one) => `\`${one}\``).join(', ')} may do the same and escape \`${a.rule}\``,
    help: () => 'leave out `by`, or forbid the other subject types by a rule of their own',
  }),
  uncheckedWalk: spec<{ path: string; rule: string }>({
    code: 'VEL4004',
    severity: 'warning',
    message: (a) => `where the record of \`${a.path}\` is missing, \`${a.rule}\` forbids everything`,
    help: (a) => `ask for the record first: \`exists ${a.path} and …\``,
  }),
  misleadingName: spec<{ rule: string; role: string }>({
    code: 'VEL4005',
    severity: 'warning',
    message: (a) => `\`${a.rule}\` is named like the role \`${a.role}\` and does not ask for it`,
    help: (a) => `test \`subject.roles contains ${a.role}\`, or rename the rule`,
  }),
  unreachableRule: spec<{ rule: string; reason: string }>({
    code: 'VEL4006',
    severity: 'warning',
    message: (a) => `\`${a.rule}\` never applies: ${a.reason}`,
  }),
  duplicateRule: spec<{ rule: string; other: string }>({
    code: 'VEL4007',
    severity: 'warning',
    message: (a) => `\`${a.rule}\` says what \`${a.other}\` says already`,
    help: () => 'remove one of the two',
  }),
  missingRate: spec<{ limit: string; members: readonly string[] }>({
    code: 'VEL4008',
    severity: 'warning',
    message: (a) =>
      `limit \`${a.limit}\` has no rate for ${a.members.map((one) => `\`${one}\``).join(', ')}, which is then not limited`,
    help: (a) => `add \`${a.members[0]}: N per D\``,
  }),
  idleScopeName: spec<{ name: string; what: string }>({
    code: 'VEL4009',
    severity: 'warning',
    message: (a) => `\`${a.name}\` adds nothing to this scope: no declared combination has ${a.what}`,
    help: () => 'declare the combination with `action … on … by …`, or leave the name out',
  }),
  unmatchedRule: spec<{ rule: string | undefined; kind: string }>({
    code: 'VEL4010',
    severity: 'warning',
    message: (a) =>
      a.rule === undefined ? 'the bundle holds no test' : `no test matches the ${a.kind} \`${a.rule}\``,
    help: (a) =>
      a.rule === undefined
        ? 'write a `test` for every rule: one that it matches, and one that it does not'
        : 'add a `test` in which its condition holds; `velro test --coverage` lists all that are missing',
  }),
  subsumedRule: spec<{ rule: string; other: string; effect: 'permit' | 'forbid' }>({
    code: 'VEL4011',
    severity: 'warning',
    message: (a) => `\`${a.rule}\` adds nothing: \`${a.other}\` before it ${a.effect}s all of the same`,
    help: () =>
      'remove it, move it before the other if its reason is to be named, or mend the condition that is too wide',
  }),
  duplicateCondition: spec<{ condition: string; places: number }>({
    code: 'VEL4012',
    severity: 'warning',
    message: (a) => `\`${a.condition}\` is written in ${a.places} places`,
    help: () => 'give it a name with `let`, so that it is read and changed in one place',
  }),
  unconditionalDestruction: spec<{ rule: string; actions: readonly string[] }>({
    code: 'VEL4013',
    severity: 'warning',
    message: (a) =>
      `\`${a.rule}\` permits ${a.actions.map((one) => `\`${one}\``).join(', ')} to whoever asks`,
    help: () => 'say who may, and when, in place of `when true`',
  }),
  constantComparison: spec<{ value: boolean; reason: string }>({
    code: 'VEL4014',
    severity: 'warning',
    message: (a) => `this is ${a.value ? 'true' : 'false'} of everything that is known: ${a.reason}`,
    help: () => 'compare with what was meant, or leave the comparison out',
  }),
  unusedLet: spec<{ name: string }>({
    code: 'VEL4015',
    severity: 'warning',
    message: (a) => `nothing uses the \`let\` \`${a.name}\``,
    help: () => 'remove it',
  }),
  unusedEnumMember: spec<{ enum: string; member: string }>({
    code: 'VEL4016',
    severity: 'warning',
    message: (a) => `neither a policy nor a test names \`${a.enum}.${a.member}\``,
    help: () => 'say in a rule or a test what holds of it, or remove it once no record has it',
  }),
  unusedAttribute: spec<{ owner: string; attribute: string }>({
    code: 'VEL4017',
    severity: 'warning',
    message: (a) => `no policy reads \`${a.owner}.${a.attribute}\``,
    help: () => 'remove it, or say in a remark why it is declared',
  }),
  unusedDeclaration: spec<{ what: string; name: string }>({
    code: 'VEL4018',
    severity: 'warning',
    message: (a) => `nothing uses the ${a.what} \`${a.name}\``,
    help: () => 'remove it',
  }),
  magicNumber: spec<{ literal: string }>({
    code: 'VEL4019',
    severity: 'warning',
    message: (a) => `${a.literal} has no name that says what it means`,
    help: (a) =>
      `name it above the rule, such as \`let longest_wait = ${a.literal}\`, with a line of \`///\` that says why`,
  }),
  undocumentedLayer: spec<{ layer: string }>({
    code: 'VEL4020',
    severity: 'warning',
    message: (a) => `layer \`${a.layer}\` has no documentation`,
    help: () => 'say in a line of `///` above it what it decides',
  }),
  missingReason: spec<{ rule: string }>({
    code: 'VEL4021',
    severity: 'warning',
    message: (a) => `\`${a.rule}\` gives no reason`,
    help: () => 'add `because "…"`, a sentence that whoever is permitted or denied understands',
  }),
  doubleNegation: spec<{ instead: string }>({
    code: 'VEL4022',
    severity: 'warning',
    message: () => 'this says by a negation what can be said without one',
    help: (a) => `write \`${a.instead}\``,
  }),
  repeatedEquality: spec<{ instead: string }>({
    code: 'VEL4023',
    severity: 'warning',
    message: () => 'these comparisons ask whether one value is among several',
    help: (a) => `write \`${a.instead}\``,
  }),
  redundantOperand: spec<{ operand: string; operator: 'and' | 'or' }>({
    code: 'VEL4024',
    severity: 'warning',
    message: (a) => `\`${a.operand}\` adds nothing to this \`${a.operator}\``,
    help: () => 'leave it out',
  }),
  suppression: spec<{ problem: string; help: string }>({
    code: 'VEL4025',
    severity: 'warning',
    message: (a) => a.problem,
    help: (a) => a.help,
  }),
} satisfies Record<string, DiagnosticSpec<never>>;
