import type { LintRule } from '../lint-rule.ts';
import { constantComparison } from './constant-comparison.ts';
import { doubleNegation } from './double-negation.ts';
import { duplicateCondition } from './duplicate-condition.ts';
import { duplicateRule } from './duplicate-rule.ts';
import { escapedForbid } from './escaped-forbid.ts';
import { evadableForbid } from './evadable-forbid.ts';
import { idleScopeName } from './idle-scope-name.ts';
import { magicNumber } from './magic-number.ts';
import { misleadingName } from './misleading-name.ts';
import { missingRate } from './missing-rate.ts';
import { missingReason } from './missing-reason.ts';
import { redundantOperand } from './redundant-operand.ts';
import { repeatedEquality } from './repeated-equality.ts';
import { subsumedRule } from './subsumed-rule.ts';
import { suppression } from './suppression.ts';
import { uncheckedWalk } from './unchecked-walk.ts';
import { unconditionalDestruction } from './unconditional-destruction.ts';
import { undocumentedLayer } from './undocumented-layer.ts';
import { unmatchedRule } from './unmatched-rule.ts';
import { unreachableRule } from './unreachable-rule.ts';
import { unusedAttribute } from './unused-attribute.ts';
import { unusedDeclaration } from './unused-declaration.ts';
import { unusedEnumMember } from './unused-enum-member.ts';
import { unusedLet } from './unused-let.ts';
import { vacuousPermit } from './vacuous-permit.ts';

/** All lint rules, sorted by code. */
export const LINT_RULES: readonly LintRule[] = [
  vacuousPermit,
  evadableForbid,
  escapedForbid,
  uncheckedWalk,
  misleadingName,
  unreachableRule,
  duplicateRule,
  missingRate,
  idleScopeName,
  unmatchedRule,
  subsumedRule,
  duplicateCondition,
  unconditionalDestruction,
  constantComparison,
  unusedLet,
  unusedEnumMember,
  unusedAttribute,
  unusedDeclaration,
  magicNumber,
  undocumentedLayer,
  missingReason,
  doubleNegation,
  repeatedEquality,
  redundantOperand,
  suppression,
];
