import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import type { SourceText } from '../../src/dsl/source/source-text.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest } from '../../src/engine/decide/types.ts';
import { readBundleFiles } from '../../src/server/bundles/read-bundle-files.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings, type FactLine } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';

/** Absolute path of a file or folder of the project. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** A checked bundle; throws when it has errors. */
export function checkSources(sources: readonly SourceText[]): CheckedBundle {
  const { bundle, diagnostics } = loadBundle(sources);
  if (bundle !== undefined) return bundle;
  throw new Error(`the bundle has errors: ${diagnostics.map(({ message }) => message).join('; ')}`);
}

/** The files of the bundle that ships. */
export function referenceSources(): Promise<readonly SourceText[]> {
  return readBundleFiles(projectPath('policies'));
}

/** The demo's records, not yet read by a schema. */
export async function demoFactLines(): Promise<readonly FactLine[]> {
  const findings = new FactFindings();
  const lines = await readFactLines(projectPath('demo/facts.jsonl'), findings);
  refuseFindings(findings);
  return lines;
}

/** Records as the server keeps them in memory. */
export function factsOf(lines: readonly FactLine[], bundle: CheckedBundle): FactView {
  const findings = new FactFindings();
  const facts = decodeFacts(lines, bundle, findings);
  refuseFindings(findings);
  return facts;
}

function refuseFindings(findings: FactFindings): void {
  if (findings.kept.length > 0) throw new Error(findings.render('facts'));
}

/** What the requests of the demo are answered at `now`, by the name of their file. */
export interface DemoRequests {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly requests: ReadonlyMap<string, AccessRequest>;
}

export function demoRequests(): DemoRequests {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(projectPath(`demo/requests/${name}`), 'utf8'));
  const expected = read('expected.json') as { readonly now: string; readonly requests: object };
  const names = Object.keys(expected.requests);
  return {
    now: Date.parse(expected.now),
    requests: new Map(names.map((name) => [name.replace(/\.json$/, ''), read(name) as AccessRequest])),
  };
}
