import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { Diagnostic } from '../../src/dsl/diagnostics/diagnostic.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import { ROOT } from './project-files.ts';

export interface ReferenceBundle {
  readonly sources: readonly SourceText[];
  readonly bundle: CheckedBundle;
  readonly diagnostics: readonly Diagnostic[];
}

/** The bundle of `policies/`, read from disk; throws when it has errors. */
export function loadReferenceBundle(): ReferenceBundle {
  const folder = join(ROOT, 'policies');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.velro'))
    .toSorted()
    .map((path) => new SourceText(path, readFileSync(join(folder, path), 'utf8')));
  const { bundle, diagnostics } = loadBundle(sources);
  if (bundle === undefined) {
    throw new Error(`policies/ has errors: ${diagnostics.map(({ message }) => message).join('; ')}`);
  }
  return { sources, bundle, diagnostics };
}
