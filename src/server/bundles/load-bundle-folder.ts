import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import { loadBundle } from '../../dsl/load-bundle.ts';
import { StartError } from '../config/start-error.ts';
import { bundleDigest } from './bundle-digest.ts';
import { readBundleFiles } from './read-bundle-files.ts';

/** A bundle without errors, not yet compiled. */
export interface LoadedBundle {
  readonly ok: true;
  readonly bundle: CheckedBundle;
  readonly version: string;
  readonly digest: string;
  /** Its number among the published versions; undefined of one from a folder. */
  readonly published?: number | undefined;
}

export type BundleLoad =
  | LoadedBundle
  /** The same files as before. */
  | { readonly ok: true; readonly bundle: undefined }
  /** What is wrong, as text for people. */
  | { readonly ok: false; readonly findings: string };

/** Reads and checks the bundle in a folder, unless its digest is one that is known already. */
export async function loadBundleFolder(
  folder: string,
  color: boolean,
  knownDigest?: string,
): Promise<BundleLoad> {
  try {
    const files = await readBundleFiles(folder);
    if (files.length === 0) return { ok: false, findings: `${folder} holds no .velro files` };
    const digest = bundleDigest(files, folder);
    if (digest === knownDigest) return { ok: true, bundle: undefined };
    const { bundle, diagnostics } = loadBundle(files);
    if (bundle === undefined) return { ok: false, findings: renderDiagnostics(diagnostics, { color }) };
    return { ok: true, bundle, version: versionOf(bundle), digest };
  } catch (error) {
    if (error instanceof StartError) return { ok: false, findings: error.message };
    throw error;
  }
}

/** The versions of the layers, in their order, joined by dots. */
export function versionOf({ layers }: CheckedBundle): string {
  return layers.map((layer) => layer.version).join('.');
}
