import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { sortDiagnostics } from '../diagnostics/diagnostic.ts';
import type { LossDeclaration, SourceFile } from '../syntax/ast.ts';
import { resolveActions } from './actions.ts';
import type {
  CheckedAssert,
  CheckedBundle,
  CheckedLimit,
  CheckedMode,
  CheckedOverride,
  CheckedSignal,
} from './bundle.ts';
import { checkTests } from './bundle-tests/check-tests.ts';
import { CaseBuilder } from './cases.ts';
import { Elaborator } from './elaborate/elaborator.ts';
import { checkAssert, checkLosses, checkMode, checkOverride, checkSignal } from './emergency.ts';
import { Findings } from './findings.ts';
import { resolveLayers } from './layers.ts';
import { resolveLets } from './lets.ts';
import { checkLimit } from './limits.ts';
import { resolvePolicies } from './policies.ts';
import { resolveSchema } from './resolve-schema.ts';
import { TypeResolver } from './resolve-type.ts';
import { RoleChecker } from './roles.ts';
import { checkRule } from './rules.ts';
import { ScopeResolver } from './scopes.ts';
import { collectSymbols } from './symbols.ts';
import { checkUnusedLets } from './unused-lets.ts';

export interface CheckResult {
  /** Undefined exactly when a diagnostic is an error. */
  readonly bundle: CheckedBundle | undefined;
  /** Sorted; at most MAXIMUM_DIAGNOSTICS. */
  readonly diagnostics: Diagnostic[];
}

/** Checks parsed files as one bundle: names, types, combining, guards, sizes, tests. */
export function checkBundle(sources: readonly SourceFile[]): CheckResult {
  const findings = new Findings();
  const symbols = collectSymbols(sources, findings);
  const types = new TypeResolver(symbols, findings);
  const schema = resolveSchema(symbols, types, findings);
  const actions = resolveActions(symbols, schema, types, findings);
  const lets = resolveLets(symbols, types, findings);
  const scopes = new ScopeResolver(symbols, schema, actions, findings);
  const { byDeclaration, layers, claims } = resolveLayers(symbols, findings);
  const elaborator = new Elaborator(symbols, schema, actions, lets, findings);
  const builder = new CaseBuilder(elaborator);
  const roles = new RoleChecker(symbols, builder);

  const modes = new Map<string, CheckedMode>();
  const overrides = new Map<string, CheckedOverride>();
  const limits = new Map<string, CheckedLimit>();
  const signals = new Map<string, CheckedSignal>();
  const asserts: CheckedAssert[] = [];
  const losses: LossDeclaration[] = [];
  for (const { declaration, layer: written } of symbols.placed) {
    const layer = written === undefined ? undefined : byDeclaration.get(written);
    // The layer's own line was reported; what belongs to it would only be reported as outside of any.
    if (written !== undefined && layer === undefined) continue;
    switch (declaration.kind) {
      case 'rule':
        checkRule(declaration, layer, undefined, scopes, builder);
        break;
      case 'role':
        roles.check(declaration, layer, scopes);
        break;
      case 'mode': {
        const mode = checkMode(declaration, layer, scopes, builder);
        if (symbols.modes.get(mode.name)?.declaration === declaration) modes.set(mode.name, mode);
        break;
      }
      case 'override': {
        const override = checkOverride(declaration, layer, claims, scopes, builder);
        if (override !== undefined) overrides.set(override.name, override);
        break;
      }
      case 'limit': {
        const limit = checkLimit(declaration, layer, scopes, builder);
        if (limit !== undefined) limits.set(limit.name, limit);
        break;
      }
      case 'signal': {
        const signal = checkSignal(declaration, layer, scopes, builder);
        if (signal !== undefined) signals.set(signal.name, signal);
        break;
      }
      case 'assert': {
        const checked = checkAssert(declaration, scopes, builder);
        if (checked !== undefined) asserts.push(checked);
        break;
      }
      case 'loss':
        losses.push(declaration);
        break;
      default:
        break;
    }
  }
  const declarations = symbols.placed.map(({ declaration }) => declaration);
  const policies = resolvePolicies(declarations, actions, schema, scopes, findings);
  const checkedLosses = checkLosses(losses, symbols.modes, builder);
  elaborator.reportNeverPresent();
  checkUnusedLets(elaborator, actions);
  const known = {
    schema,
    actions,
    actionsOf: (name: string) => scopes.actionsOf(name),
    claims,
    layers,
    modes: symbols.modes,
    overrides: symbols.overrides,
    limits: symbols.limits,
  };
  const tests = checkTests(symbols, known, findings);
  const bundle: CheckedBundle = {
    files: symbols.files,
    enums: schema.enums,
    entities: schema.entities,
    contextAttributes: actions.contextAttributes,
    actions: actions.actions,
    actionsBySpelling: actions.actionsBySpelling,
    triples: actions.triples,
    triplesByKey: actions.triplesByKey,
    claims,
    layers,
    roles: roles.roles,
    modes,
    overrides,
    limits,
    signals,
    losses: checkedLosses,
    ...policies,
    asserts,
    tests,
  };
  return { bundle: findings.hasErrors ? undefined : bundle, diagnostics: sortDiagnostics(findings.all) };
}
