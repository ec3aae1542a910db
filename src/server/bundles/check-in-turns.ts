import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { CheckResult } from '../../dsl/check/check-bundle.ts';
import { checkParsed } from '../../dsl/load-bundle.ts';
import type { SourceText } from '../../dsl/source/source-text.ts';
import { type ParseResult, parseSource } from '../../dsl/syntax/parse.ts';

/** Checks files as one bundle but for their tests; others get their turn between two files, and before they are checked. */
export async function checkInTurns(sources: Iterable<SourceText>): Promise<CheckResult> {
  const parsed: ParseResult[] = [];
  for (const source of sources) {
    parsed.push(parseSource(source, { tests: false }));
    await turnOfOthers();
  }
  return checkParsed(parsed);
}
