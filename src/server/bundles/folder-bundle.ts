import type { CheckResult } from '../../dsl/check/check-bundle.ts';
import type { SourceText } from '../../dsl/source/source-text.ts';
import { digestOf } from './bundle-digest.ts';
import { type BundleFiles, canonicalFiles, sourcesOf } from './canonical-files.ts';
import { checkInTurns } from './check-in-turns.ts';
import { readBundleFiles } from './read-bundle-files.ts';

/** The bundle in a folder as it would be published. */
export interface FolderBundle {
  /** The files as they stand there, for findings. */
  readonly sources: readonly SourceText[];
  readonly files: BundleFiles;
  readonly digest: string;
  /** Checks the canonical files but for their tests: whoever has the same digest has the same bundle. */
  checkToServe(): Promise<CheckResult>;
}

/** Reads the bundle in a folder; throws a `StartError` when that cannot be read. */
export async function readFolderBundle(folder: string): Promise<FolderBundle> {
  const sources = await readBundleFiles(folder);
  const files = canonicalFiles(sources, folder);
  const checkToServe = (): Promise<CheckResult> => checkInTurns(sourcesOf(files));
  return { sources, files, digest: digestOf(files), checkToServe };
}
