import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckedBundle } from '../dsl/check/bundle.ts';
import { renderDiagnostics } from '../dsl/diagnostics/render.ts';
import { loadBundle } from '../dsl/load-bundle.ts';
import { SourceText } from '../dsl/source/source-text.ts';
import { bundleDigest } from '../server/bundles/bundle-digest.ts';
import { readBundleFiles, readPolicyText } from '../server/bundles/read-bundle-files.ts';
import { StartError } from '../server/config/start-error.ts';
import { notice, wantsColor } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface Policies {
  readonly path: string;
  /** Where paths count from: the folder, or that of the one file. */
  readonly folder: string;
  readonly sources: readonly SourceText[];
}

/** The policy files at a path (a folder or one file); misuse when there are none. */
export async function readPolicies(path: string): Promise<Policies> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) {
    throw new UsageError(
      `there is no ${path}`,
      'name a folder of .velro files, or run the command where ./policies is',
    );
  }
  const sources = await readSources(path, kind.isFile());
  if (sources.length === 0) throw new UsageError(`${path} holds no .velro files`);
  return { path, folder: kind.isFile() ? dirname(path) : path, sources };
}

/** A bundle without errors, with its version and digest as the server names them. */
export interface LoadedPolicies {
  readonly bundle: CheckedBundle;
  readonly version: string;
  readonly digest: string;
}

/** A bundle without errors, or undefined after saying on standard error what is wrong with it. */
export async function loadPolicies(path: string): Promise<LoadedPolicies | undefined> {
  const policies = await readPolicies(path);
  const { bundle, diagnostics } = loadBundle(policies.sources);
  if (bundle !== undefined) {
    const version = bundle.layers.map((layer) => layer.version).join('.');
    return { bundle, version, digest: bundleDigest(policies.sources, policies.folder) };
  }
  notice(renderDiagnostics(diagnostics, { color: wantsColor(process.stderr) }));
  return undefined;
}

async function readSources(path: string, isFile: boolean): Promise<readonly SourceText[]> {
  try {
    return isFile ? [new SourceText(path, await readPolicyText(path))] : await readBundleFiles(path);
  } catch (error) {
    if (error instanceof StartError) throw new UsageError(error.message);
    throw error;
  }
}
