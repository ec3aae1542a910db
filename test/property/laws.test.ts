import { describeLaws } from '../support/law-pass.ts';
import { absence } from './laws/absence.ts';
import { addedForbid } from './laws/added-forbid.ts';
import { anyOrderOfDeclarations, anyOrderOfFiles, anyOrderOfOperands } from './laws/any-order.ts';
import { compiledEqualsReference } from './laws/compiled-equals-reference.ts';
import { explainedVerdict } from './laws/explained-verdict.ts';
import { firstCause } from './laws/first-cause.ts';
import { staysUntilItFlips } from './laws/flips.ts';
import { formatKeepsRemarks, formatKeepsTrees } from './laws/formatter.ts';
import { wholeLanguage } from './laws/generator.ts';
import { lessKnown } from './laws/less-known.ts';
import { neverRaises } from './laws/no-errors.ts';
import { ownTests } from './laws/own-tests.ts';
import { readsWithinReadSet } from './laws/read-set.ts';
import { redactedRecord } from './laws/redacted-record.ts';
import { writtenEqualsClosures } from './laws/written-equals-closures.ts';

describeLaws('laws', [
  compiledEqualsReference,
  writtenEqualsClosures,
  explainedVerdict,
  firstCause,
  anyOrderOfFiles,
  anyOrderOfDeclarations,
  anyOrderOfOperands,
  addedForbid,
  lessKnown,
  absence,
  staysUntilItFlips,
  readsWithinReadSet,
  redactedRecord,
  neverRaises,
  ownTests,
  formatKeepsTrees,
  formatKeepsRemarks,
  wholeLanguage,
]);
