import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import { loadBundle } from '../../dsl/load-bundle.ts';
import { canonicalText } from '../bundles/canonical-files.ts';
import { type FolderBundle, readFolderBundle } from '../bundles/folder-bundle.ts';
import type { LoadedBundle } from '../bundles/load-bundle-folder.ts';
import type { PolicyRuntime } from '../bundles/policy-runtime.ts';
import { FindingsError, StartError } from '../config/start-error.ts';
import type { Database } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { examineApart } from './examine-apart.ts';
import type { Examination } from './examine-bundle.ts';
import { loadPublished } from './load-published.ts';
import type { StoredActivation, StoredBundle } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { changePolicies, createPolicyStore } from './policy-store.ts';
import type { PolicyTrust } from './policy-trust.ts';

/** What answers at a start, and what the operator should know of it. */
export interface FirstPolicies {
  readonly bundle: LoadedBundle;
  readonly activation: StoredActivation;
  readonly notice: string | undefined;
}

export interface FirstPolicyOptions {
  readonly database: Database;
  readonly folder: string;
  readonly trust: PolicyTrust;
  readonly color: boolean;
  /** What will answer with them. */
  readonly runtime: Pick<PolicyRuntime, 'refuseUnfit' | 'makeReady'>;
  /** Whether the store is probably empty: then what would be its first version is examined before that is known. */
  readonly expectsNone?: boolean | undefined;
  /** Examines the files of the folder, by default in a thread of its own. */
  readonly examine?: typeof examineApart;
}

/** What is active, with its files. */
interface Active {
  readonly activation: StoredActivation;
  readonly stored: StoredBundle;
}

/** What was found out of the bundle in the folder before it is known what is active. */
interface Ahead {
  /** It was checked in canonical form, but for its tests. */
  readonly bundle: CheckedBundle | undefined;
  readonly examining: Promise<Examination> | undefined;
}

/** Who published the first version, where nobody did. */
export const AT_START = 'velro serve';

/**
 * The active version of the store; an empty store gets the bundle in the folder as its first version, once, however many
 * processes start at the same time. Throws a `StartError` when there is nothing that may answer.
 */
export async function firstPolicies(options: FirstPolicyOptions): Promise<FirstPolicies> {
  const { database, folder, trust, expectsNone = false, examine = examineApart } = options;
  const store = createPolicyStore(database);
  const readActive = async (): Promise<Active | undefined> => {
    const activation = await store.active();
    const stored = activation === undefined ? undefined : await store.bundle(activation.version);
    return activation === undefined || stored === undefined ? undefined : { activation, stored };
  };
  // Before this thread is busy: the embedded database answers as soon as it is open.
  const asking = readActive();
  asking.catch(() => {});
  const reading = readFolderBundle(folder);
  const own = await reading.catch(() => undefined);
  const unneeded = new AbortController();
  const isExamined = expectsNone && !trust.isRequired && own !== undefined && own.files.size > 0;
  const examining = isExamined ? examine({ files: own.files }, undefined, unneeded.signal) : undefined;
  examining?.catch(() => {});
  let known: Awaited<ReturnType<typeof checkAhead>>;
  let active: Active | undefined;
  try {
    known = database.kind === 'embedded' ? await checkAhead(own, options.runtime) : undefined;
    active = await asking.catch((error: unknown) => {
      // That nobody had time for it so early says nothing; that it was given all the time of a start does.
      if (error instanceof DatabaseUnavailable && error.reason !== 'too_slow') return readActive();
      throw error;
    });
    if (active === undefined) {
      await publishFirst(await reading, { bundle: known?.bundle, examining }, options);
      active = await readActive();
    }
  } finally {
    unneeded.abort();
  }
  if (active === undefined) throw new StartError('the database holds no policies');
  const { activation, stored } = active;
  try {
    const bundle = await loadPublished(stored, trust, known);
    // One that cannot be read is no bundle that could differ.
    const isOther = own !== undefined && own.files.size > 0 && own.digest !== stored.digest;
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

/**
 * The folder most likely holds what is active, and the embedded database takes a while to open, in a thread of its own:
 * meanwhile the bundle of the folder is checked and compiled. What is active is known by its digest.
 */
async function checkAhead(
  own: FolderBundle | undefined,
  { makeReady }: Pick<PolicyRuntime, 'makeReady'>,
): Promise<{ readonly digest: string; readonly bundle: CheckedBundle } | undefined> {
  const bundle = (await own?.checkToServe())?.bundle;
  if (own === undefined || bundle === undefined) return undefined;
  await makeReady(bundle);
  return { digest: own.digest, bundle };
}

async function publishFirst(
  own: FolderBundle,
  ahead: Ahead,
  { database, folder, trust, color, runtime, examine = examineApart }: FirstPolicyOptions,
): Promise<void> {
  const store = createPolicyStore(database);
  const newest = await store.newest();
  // Somebody else may have been faster since it was looked for what is active.
  if (newest !== undefined && (await store.active()) !== undefined) return;
  if (newest !== undefined)
    throw new StartError(
      `the database holds policies up to version ${newest.version}, and none of them was activated; see velro versions and velro activate`,
    );
  if (trust.isRequired)
    throw new StartError(
      `the database holds no policies yet, and ${folder} is not signed; publish it with velro publish --sign KEY --activate`,
    );
  const { sources, files, digest } = own;
  if (sources.length === 0) throw new FindingsError(`${folder} holds no .velro files`);
  // In its thread, which bounds its time and memory, while the same files are looked at here.
  const examining = ahead.examining ?? examine({ files });
  examining.catch(() => {});
  if (!(await isFine(own, { ...ahead, examining }, runtime))) {
    // What speaks against it is told with the lines themselves, as they stand in the folder.
    const { bundle, diagnostics } = loadBundle(sources);
    if (bundle === undefined) throw new FindingsError(renderDiagnostics(diagnostics, { color }));
    // What could not be served must not become the first version.
    await runtime.refuseUnfit(bundle);
  }
  const examination = await examining.catch((error: unknown) => {
    if (!(error instanceof PolicyRefusal)) throw error;
    throw new StartError(`${folder} cannot become the first version of the policies: ${error.message}`);
  });
  if (!examination.ok) {
    const lines = examination.findings.map(({ path, line, message }) => `${path}:${line}: ${message}`);
    throw new FindingsError(lines.join('\n'));
  }
  await changePolicies(database, async (writer) => {
    // Somebody else was faster: theirs answers.
    if ((await writer.newest()) !== undefined) return;
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

/** Whether what was found out ahead says that nothing speaks against the files of the folder, which are then the canonical ones. */
async function isFine(
  { sources }: FolderBundle,
  { bundle, examining }: Ahead,
  { refuseUnfit }: Pick<PolicyRuntime, 'refuseUnfit'>,
): Promise<boolean> {
  if (bundle === undefined || sources.some(({ text }) => text !== canonicalText(text))) return false;
  const isFit = await refuseUnfit(bundle).then(
    () => true,
    () => false,
  );
  const examination = isFit ? await examining?.catch(() => undefined) : undefined;
  return examination?.ok === true;
}
