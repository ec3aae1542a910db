import { type DiagnosticSpec, spec } from './diagnostic.ts';

/** Findings about what a bundle means: combining, scopes, guards, sizes, tests. */
export const MEANING_DIAGNOSTICS = {
  missingRequire: spec<{ claims: readonly string[] }>({
    code: 'VEL3001',
    severity: 'error',
    message: () => 'the bundle does not say which claims a permit needs',
    help: (a) =>
      `declare \`require ${a.claims.length > 0 ? a.claims.join(' and ') : 'CLAIM'}\` next to the schema`,
  }),
  repeatedRequire: spec<Record<string, never>>({
    code: 'VEL3002',
    severity: 'error',
    message: () => 'a bundle has exactly one `require`',
    help: () => 'name all claims in one: `require permission and access`',
  }),
  claimNotGranted: spec<{ claim: string; suggestion?: string | undefined }>({
    code: 'VEL3003',
    severity: 'error',
    message: (a) => `no layer grants the required claim \`${a.claim}\`, so nothing would ever be permitted`,
    help: (a) => (a.suggestion === undefined ? undefined : `did you mean \`${a.suggestion}\`?`),
  }),
  claimNotRequired: spec<{ claim: string; suggestion?: string | undefined }>({
    code: 'VEL3004',
    severity: 'error',
    message: (a) =>
      `the claim \`${a.claim}\` is granted but not required, so its permits would count for nothing`,
    help: (a) =>
      a.suggestion === undefined ? `add \`${a.claim}\` to \`require\`` : `did you mean \`${a.suggestion}\`?`,
  }),
  permitInGuard: spec<{ layer: string; what: string }>({
    code: 'VEL3005',
    severity: 'error',
    message: (a) => `layer \`${a.layer}\` grants no claim, so ${a.what} there could establish nothing`,
    help: () => 'give the layer a claim with `grants`, or move this to a layer that has one',
  }),
  outsideLayer: spec<{ what: string }>({
    code: 'VEL3006',
    severity: 'error',
    message: (a) => `${a.what} belongs to a layer, and no \`layer\` line stands before it in this file`,
    help: () => 'begin the file with `layer NUMBER NAME version N`',
  }),
  severalLayers: spec<{ name: string }>({
    code: 'VEL3007',
    severity: 'error',
    message: (a) => `layer \`${a.name}\` is the second of its file`,
    help: () => 'give each layer a file of its own',
  }),
  invalidVersion: spec<{ layer: string }>({
    code: 'VEL3008',
    severity: 'error',
    message: (a) => `the version of layer \`${a.layer}\` is no whole number from 1 on`,
  }),
  emptyScope: spec<{ reason: string; help?: string | undefined }>({
    code: 'VEL3009',
    severity: 'error',
    message: (a) => `the scope covers nothing: ${a.reason}`,
    help: (a) => a.help,
  }),
  recursiveLet: spec<{ cycle: readonly string[] }>({
    code: 'VEL3010',
    severity: 'error',
    message: (a) => `\`${a.cycle[0]}\` is defined by itself (${a.cycle.join(' → ')})`,
    help: () => 'a `let` is expanded in place, so it cannot use itself; follow references with `closure`',
  }),
  roleCycle: spec<{ cycle: readonly string[] }>({
    code: 'VEL3011',
    severity: 'error',
    message: (a) => `role \`${a.cycle[0]}\` extends itself (${a.cycle.join(' → ')})`,
  }),
  roleHasCondition: spec<{ role: string }>({
    code: 'VEL3012',
    severity: 'error',
    message: (a) =>
      `role \`${a.role}\` is held by its condition, and this would look for it in what is stored`,
    help: (a) => `name the condition of \`${a.role}\` with a \`let\` and use that in both places`,
  }),
  unguardedRead: spec<{ path: string; polarity: string; guard: string | undefined }>({
    code: 'VEL3013',
    severity: 'error',
    message: (a) => `\`${a.path}\` may be absent, and ${a.polarity}`,
    help: (a) =>
      a.guard === undefined
        ? 'make it required or give it a default'
        : `test it first: \`has ${a.guard} and …\``,
  }),
  tooManyQuantifiers: spec<{ most: number }>({
    code: 'VEL3014',
    severity: 'error',
    message: (a) => `quantifiers nest at most ${a.most} deep`,
  }),
  conditionTooLarge: spec<{ most: number }>({
    code: 'VEL3015',
    severity: 'error',
    message: (a) => `the condition expands to more than ${a.most} nodes`,
    help: () => 'move what is repeated into attributes, sets or several rules',
  }),
  conditionTooDeep: spec<{ most: number }>({
    code: 'VEL3016',
    severity: 'error',
    message: (a) => `the condition nests more than ${a.most} levels deep`,
  }),
  newAndNotNew: spec<{ action: string; type: string }>({
    code: 'VEL3017',
    severity: 'error',
    message: (a) => `\`${a.action}\` on \`${a.type}\` is declared both \`new\` and not \`new\``,
    help: () => 'whether the resource exists before the action is a property of action and type',
  }),
  conflictingSpelling: spec<{ action: string; spelling: string; other: string }>({
    code: 'VEL3018',
    severity: 'error',
    message: (a) => `the spelling "${a.spelling}" of action \`${a.action}\` is at odds with ${a.other}`,
  }),
  conflictingAttribute: spec<{ attribute: string; of: string }>({
    code: 'VEL3019',
    severity: 'error',
    message: (a) => `attribute \`${a.attribute}\` of ${a.of} is declared twice`,
    help: () => 'an action adds attributes of its own and cannot change those of `context`',
  }),
  unconditionalPermit: spec<{ rule: string }>({
    code: 'VEL3020',
    severity: 'error',
    message: (a) => `\`${a.rule}\` permits without a condition`,
    help: () => 'if that is meant, say so: `when true`',
  }),
  permitInMode: spec<{ mode: string }>({
    code: 'VEL3021',
    severity: 'error',
    message: (a) => `mode \`${a.mode}\` holds a permit, and a mode may only narrow access`,
    help: () => 'write it as a `forbid … unless …`, or use an `override`',
  }),
  invalidRate: spec<{ reason: string }>({
    code: 'VEL3022',
    severity: 'error',
    message: (a) => `the rate is not valid: ${a.reason}`,
  }),
  signalReadsRisk: spec<{ signal: string }>({
    code: 'VEL3023',
    severity: 'error',
    message: (a) => `signal \`${a.signal}\` reads \`risk\`, which is made up of signals`,
  }),
  invalidWeight: spec<{ weight: number }>({
    code: 'VEL3024',
    severity: 'error',
    message: () => 'a weight is a whole number from 1 to 100',
  }),
  invalidLifetime: spec<{ reason: string }>({
    code: 'VEL3025',
    severity: 'error',
    message: (a) => `the times are not valid: ${a.reason}`,
  }),
  invalidLimit: spec<{ reason: string; help?: string | undefined }>({
    code: 'VEL3026',
    severity: 'error',
    message: (a) => a.reason,
    help: (a) => a.help,
  }),
  actionSetCycle: spec<{ cycle: readonly string[] }>({
    code: 'VEL3027',
    severity: 'error',
    message: (a) => `the set of actions \`${a.cycle[0]}\` holds itself (${a.cycle.join(' → ')})`,
  }),
  bundleTooLarge: spec<{ what: string; most: number }>({
    code: 'VEL3028',
    severity: 'error',
    message: (a) => `the bundle has more than ${a.most} ${a.what}`,
    help: () => 'declare only what can happen, and say what holds of everything in fewer rules',
  }),
  incompleteTest: spec<{ missing: string; help: string }>({
    code: 'VEL3030',
    severity: 'error',
    message: (a) => `the test does not say ${a.missing}`,
    help: (a) => a.help,
  }),
  undeclaredExpectation: spec<{
    action: string;
    resource: string;
    subject: string;
    help?: string | undefined;
  }>({
    code: 'VEL3031',
    severity: 'error',
    message: (a) => `\`${a.action}\` on \`${a.resource}\` by \`${a.subject}\` is not declared`,
    help: (a) => a.help ?? 'a test of that very denial says `by unknown_action`',
  }),
  invalidTestPath: spec<{ reason: string }>({
    code: 'VEL3032',
    severity: 'error',
    message: (a) => a.reason,
    help: () => 'give a path such as `resource.owner` or `context.ip`',
  }),
  unknownCause: spec<{ name: string; suggestion?: string | undefined }>({
    code: 'VEL3033',
    severity: 'error',
    message: (a) => `\`${a.name}\` is no claim, no layer, no rule of a layer and no code of a denial`,
    help: (a) => (a.suggestion === undefined ? undefined : `did you mean \`${a.suggestion}\`?`),
  }),
  invalidGiven: spec<{ reason: string; help?: string | undefined }>({
    code: 'VEL3034',
    severity: 'error',
    message: (a) => a.reason,
    help: (a) => a.help,
  }),
} satisfies Record<string, DiagnosticSpec<never>>;
