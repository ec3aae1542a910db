import { bundleChanges } from '../../dsl/changes/bundle-changes.ts';
import type { SourceFile } from '../../dsl/syntax/ast.ts';
import { parseSource } from '../../dsl/syntax/parse.ts';
import { type BundleFiles, sourcesOf } from '../bundles/canonical-files.ts';
import type { PolicyChanges } from '../http/schemas/policy-schema.ts';

/** So many changes are told one by one. */
const MOST_CHANGES = 1_000;

/** What differs between two bundles that were checked once. */
export function changesBetween(before: BundleFiles, after: BundleFiles): PolicyChanges {
  return changesOf(parseFiles(before), parseFiles(after));
}

/** The syntax trees of files, in the order of their paths. */
export function parseFiles(files: BundleFiles): readonly SourceFile[] {
  return sourcesOf(files).map((source) => parseSource(source).file);
}

/** The same of files that were parsed. */
export function changesOf(before: readonly SourceFile[], after: readonly SourceFile[]): PolicyChanges {
  const found = bundleChanges(before, after);
  const count = (change: string): number => found.filter((one) => one.change === change).length;
  return {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    list: found.slice(0, MOST_CHANGES).map(({ change, layer, kind, name }) => ({
      change,
      ...(layer === undefined ? {} : { layer }),
      kind,
      name,
    })),
  };
}
