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
} satisfies Record<string, DiagnosticSpec<never>>;
