import type { LintRule } from '../lint-rule.ts';
import { duplicateRule } from './duplicate-rule.ts';
import { escapedForbid } from './escaped-forbid.ts';
import { evadableForbid } from './evadable-forbid.ts';
import { idleScopeName } from './idle-scope-name.ts';
import { misleadingName } from './misleading-name.ts';
import { missingRate } from './missing-rate.ts';
import { uncheckedWalk } from './unchecked-walk.ts';
import { unreachableRule } from './unreachable-rule.ts';
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
];
