import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import { loadBundle } from '../../dsl/load-bundle.ts';
import { bundleDigest, digestOf } from '../bundles/bundle-digest.ts';
import { canonicalFiles } from '../bundles/canonical-files.ts';
import type { LoadedBundle } from '../bundles/load-bundle-folder.ts';
import { readBundleFiles } from '../bundles/read-bundle-files.ts';
import { FindingsError, StartError } from '../config/start-error.ts';
import type { Database } from '../store/database.ts';
import { examineApart } from './examine-apart.ts';
import { loadPublished } from './load-published.ts';
import type { StoredActivation } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { changePolicies, createPolicyStore } from './policy-store.ts';
import type { PolicyTrust } from './policy-trust.ts';

/** What answers at a start, and what the operator should know of it. */
export interface FirstPolicies {
  readonly bundle: LoadedBundle;
  readonly activation: StoredActivation;
  readonly notice: string | undefined;
}

/** Who published the first version, where nobody did. */
export const AT_START = 'velro serve';

/**
 * The active version of the store; an empty store gets the bundle in the folder as its first version, once, however many
 * processes start at the same time. Throws a `StartError` when there is nothing that may answer.
 */
export async function firstPolicies(
  database: Database,
  folder: string,
  trust: PolicyTrust,
  color: boolean,
  refuseUnfit: (bundle: CheckedBundle) => Promise<unknown>,
): Promise<FirstPolicies> {
  const store = createPolicyStore(database);
  const isEmpty = (await store.active()) === undefined;
  if (isEmpty) await publishFirst(database, folder, trust, color, refuseUnfit);
  const activation = await store.active();
  const stored = activation === undefined ? undefined : await store.bundle(activation.version);
  if (activation === undefined || stored === undefined)
    throw new StartError('the database holds no policies');
  try {
    const bundle = await loadPublished(stored, trust);
    const isOther = !isEmpty && (await differs(folder, stored.digest));
    const notice = isOther
      ? `velro: version ${stored.version} of the policies in the database answers; ${folder} differs from it (see velro publish)`
      : undefined;
    return { bundle, activation, notice };
  } catch (error) {
    if (!(error instanceof PolicyRefusal)) throw error;
    throw new StartError(
      `version ${stored.version} of the policies in the database is active and cannot be used: ${error.message}`,
    );
  }
}

async function publishFirst(
  database: Database,
  folder: string,
  trust: PolicyTrust,
  color: boolean,
  refuseUnfit: (bundle: CheckedBundle) => Promise<unknown>,
): Promise<void> {
  const newest = await createPolicyStore(database).newest();
  if (newest !== undefined)
    throw new StartError(
      `the database holds policies up to version ${newest.version}, and none of them was activated; see velro versions and velro activate`,
    );
  if (trust.isRequired)
    throw new StartError(
      `the database holds no policies yet, and ${folder} is not signed; publish it with velro publish --sign KEY --activate`,
    );
  const sources = await readBundleFiles(folder);
  if (sources.length === 0) throw new FindingsError(`${folder} holds no .velro files`);
  const { bundle, diagnostics } = loadBundle(sources);
  // With the lines themselves, as they stand in the folder.
  if (bundle === undefined) throw new FindingsError(renderDiagnostics(diagnostics, { color }));
  // What could not be served must not become the first version.
  await refuseUnfit(bundle);
  const files = canonicalFiles(sources, folder);
  const examination = await examineApart({ files });
  if (!examination.ok) {
    const lines = examination.findings.map(({ path, line, message }) => `${path}:${line}: ${message}`);
    throw new FindingsError(lines.join('\n'));
  }
  await changePolicies(database, async (writer) => {
    // Somebody else was faster: theirs answers.
    if ((await writer.newest()) !== undefined) return;
    const digest = digestOf(files);
    await writer.putFiles(digest, files);
    const version = await writer.addVersion(digest, examination.layers, AT_START);
    const { changes } = examination;
    await writer.addActivation({
      kind: 'activate',
      version,
      previous: undefined,
      back: undefined,
      by: AT_START,
      changes,
    });
  });
}

/** Whether a folder holds another bundle; one that cannot be read is no bundle that could differ. */
async function differs(folder: string, digest: string): Promise<boolean> {
  try {
    const sources = await readBundleFiles(folder);
    return sources.length > 0 && bundleDigest(sources, folder) !== digest;
  } catch {
    return false;
  }
}
