import { stat } from 'node:fs/promises';
import type { CheckedBundle } from '../dsl/check/bundle.ts';
import type { FactView } from '../engine/decide/facts.ts';
import { decodeFacts } from '../server/facts/decode-facts.ts';
import { FactFindings } from '../server/facts/fact-line.ts';
import { readFactLines } from '../server/facts/read-fact-lines.ts';
import { notice } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The facts of a JSON Lines file, or undefined after saying on standard error what is wrong with them; misuse when there is no file. */
export async function readFacts(path: string, bundle: CheckedBundle): Promise<FactView | undefined> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) throw new UsageError(`there is no ${path}`, 'name a file of JSON Lines');
  if (kind.isDirectory()) throw new UsageError(`${path} is a folder, and not a file of JSON Lines`);
  const findings = new FactFindings();
  const facts = decodeFacts(await readFactLines(path, findings), bundle, findings);
  if (findings.kept.length > 0) notice(findings.render(path));
  return findings.errors > 0 ? undefined : facts;
}
