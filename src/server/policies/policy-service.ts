import { digestOf } from '../bundles/bundle-digest.ts';
import type { BundleFiles } from '../bundles/canonical-files.ts';
import type { ActivationResult, PolicyChanges, PublishedVersion } from '../http/schemas/policy-schema.ts';
import type { Database } from '../store/database.ts';
import { acceptFiles } from './accept-files.ts';
import { changesBetween } from './changes-between.ts';
import { examineApart } from './examine-apart.ts';
import type { Examination } from './examine-bundle.ts';
import { verifyStored } from './load-published.ts';
import type { PolicyActor } from './policy-actor.ts';
import { createPolicyReader, type PolicyReader, versionAnswer } from './policy-reader.ts';
import type { StoredActivation, StoredBundle } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import type { PolicySignature } from './policy-signature.ts';
import { changePolicies, createPolicyStore, type NewActivation, type PolicyWriter } from './policy-store.ts';
import { acceptSignature, isGood, type PolicyTrust } from './policy-trust.ts';

/** Records what somebody does; false when that could not be stored safely. */
export type RecordPolicyChange = (
  change: 'publish' | 'activate' | 'rollback',
  actor: PolicyActor,
  details: Readonly<Record<string, unknown>>,
) => Promise<boolean>;

export interface PolicyServiceOptions {
  readonly database: Database;
  readonly trust: PolicyTrust;
  readonly record: RecordPolicyChange;
  /** Told that something else should answer; says whether the process that was asked answers by that version. */
  readonly onActivated?: (version: number) => Promise<boolean>;
}

/** Publishing, activating and looking at policies; what is not done is told by a `PolicyRefusal`. */
export interface PolicyService extends PolicyReader {
  /** Checks, tests and keeps files as a version; the same content is the same version. */
  publish(
    files: Readonly<Record<string, string>>,
    signature: PolicySignature | undefined,
    actor: PolicyActor,
  ): Promise<PublishedVersion>;
  /** Makes a version answer. */
  activate(version: number, actor: PolicyActor): Promise<ActivationResult>;
  /** Makes the version before the one that answers answer again; refused when another one than `from` answers. */
  rollback(from: number | undefined, actor: PolicyActor): Promise<ActivationResult>;
}

/** Others who publish at the same time are let go first so often. */
/** Signatures of one content that are kept besides those of trusted keys. */
const MOST_SIGNATURES = 16;
const ATTEMPTS = 10;

export function createPolicyService(options: PolicyServiceOptions): PolicyService {
  const { database, trust } = options;
  const store = createPolicyStore(database);

  /** Nothing is done that was not recorded; what then fails, or was refused, is recorded as that. */
  const recordFirst: (...record: Parameters<RecordPolicyChange>) => Promise<void> = async (...record) => {
    if (await options.record(...record)) return;
    throw new PolicyRefusal('audit_unavailable', 'the change could not be recorded, so it was not made');
  };
  const recordingFailure = async <T>(
    change: Parameters<RecordPolicyChange>[0],
    actor: PolicyActor,
    details: Readonly<Record<string, unknown>>,
    work: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const failed = error instanceof PolicyRefusal ? error.code : 'failed';
      await options.record(change, actor, { ...details, failed });
      throw error;
    }
  };

  /** A version whose files and signature are as they should be. */
  const verified = async (version: number): Promise<StoredBundle> => {
    const stored = await store.bundle(version);
    if (stored === undefined) throw new PolicyRefusal('unknown_version', `there is no version ${version}`);
    verifyStored(stored, trust);
    return stored;
  };

  const filesOf = async (activation: StoredActivation | undefined): Promise<BundleFiles | undefined> =>
    activation === undefined ? undefined : (await store.bundle(activation.version))?.files;

  const resultOf = async (activation: StoredActivation, isNew: boolean): Promise<ActivationResult> => {
    const loaded = await options.onActivated?.(activation.version);
    const { back: _back, previous, ...rest } = activation;
    return {
      activation: { ...rest, ...(previous === undefined ? {} : { previous }) },
      isNew,
      ...(loaded === undefined ? {} : { loaded }),
    };
  };

  const publish: PolicyService['publish'] = (given, signature, actor) => {
    const files = acceptFiles(given);
    const digest = digestOf(files);
    const details = { digest, ...(signature === undefined ? {} : { keyId: signature.keyId }) };
    return recordingFailure('publish', actor, details, async () => {
      acceptSignature(digest, signature, trust);
      // What vouches for itself here may take the place of what does not.
      const replace = signature !== undefined && isGood(digest, signature, trust) === true;
      const keep = async (writer: PolicyWriter): Promise<void> => {
        await writer.putFiles(digest, files);
        if (signature === undefined) return;
        // What a trusted key signed is bounded by their number.
        if (!replace && (await writer.otherSignatures(digest, signature.keyId)) >= MOST_SIGNATURES)
          throw new PolicyRefusal(
            'too_many_signatures',
            `this content has ${MOST_SIGNATURES} signatures already; only one by a key that is trusted here can be added`,
          );
        await writer.addSignature(digest, signature, actor.id, replace);
      };
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const newest = await store.newest();
        const isKnown = (await store.withDigest(digest)) !== undefined;
        const examination = isKnown ? undefined : await examine(files, await contentOf(newest?.version));
        const isNew = await changePolicies(database, async (writer) => {
          const isThere = (await writer.withDigest(digest)) !== undefined;
          // Somebody else published meanwhile: layers are compared with theirs.
          if (!isThere && (await writer.newest())?.version !== newest?.version) return undefined;
          await recordFirst('publish', actor, details);
          await keep(writer);
          // The content itself was there: only a signature may be new.
          if (isThere || examination === undefined) return false;
          await writer.addVersion(digest, examination.layers, actor.id);
          return true;
        });
        const stored = isNew === undefined ? undefined : await store.withDigest(digest);
        if (isNew !== undefined && stored !== undefined)
          return { ...versionAnswer(stored, trust, (await store.head())?.version), isNew };
      }
      throw new PolicyRefusal('policy_changed', 'others publish at the same time; publish again');
    });
  };

  const contentOf = async (version: number | undefined): Promise<BundleFiles | undefined> =>
    version === undefined ? undefined : (await store.bundle(version))?.files;

  /** Examines what is to be published beside what was published last. */
  const examine = async (
    files: BundleFiles,
    newest: BundleFiles | undefined,
  ): Promise<Extract<Examination, { ok: true }>> => {
    const examination = passed(await examineApart({ files, newest }));
    if (examination.unchanged.length > 0) throw unchangedVersions(examination.unchanged);
    return examination;
  };

  /** Records an activation, then adds it. */
  const add = async (
    writer: PolicyWriter,
    actor: PolicyActor,
    digest: string,
    activation: Omit<NewActivation, 'by'>,
  ): Promise<number> => {
    const { kind, version, previous, changes } = activation;
    await recordFirst(kind, actor, {
      version,
      digest,
      ...(previous === undefined ? {} : { previous }),
      changes: recorded(changes),
    });
    return writer.addActivation({ ...activation, by: actor.id });
  };

  const activate: PolicyService['activate'] = (version, actor) =>
    recordingFailure('activate', actor, { version }, async () => {
      const target = await verified(version);
      const current = await store.active();
      const before = await filesOf(current);
      const { changes } = passed(await examineApart({ files: target.files, active: before }));
      const id = await changePolicies(database, async (writer) => {
        const now = await writer.active();
        if (now?.version === version) return undefined;
        // Another one was activated meanwhile: the last one counts, and the changes are told from that one.
        const told =
          now?.id === current?.id ? changes : changesBetween(await contentIn(writer, now), target.files);
        return add(writer, actor, target.digest, {
          kind: 'activate',
          version,
          previous: now?.version,
          back: now?.id,
          changes: told,
        });
      });
      const activation = id === undefined ? await store.active() : await store.activation(id);
      if (activation === undefined) throw new Error('an activation is gone');
      return resultOf(activation, id !== undefined);
    });

  const rollback: PolicyService['rollback'] = (from, actor) =>
    recordingFailure('rollback', actor, from === undefined ? {} : { from }, async () => {
      const current = await store.active();
      if (current !== undefined && from !== undefined && current.version !== from)
        throw changed(current.version);
      const goal = current?.back === undefined ? undefined : await store.activation(current.back);
      if (current === undefined || goal === undefined)
        throw new PolicyRefusal('no_earlier_version', 'no version answered before the one that answers');
      const target = await verified(goal.version);
      const before = await filesOf(current);
      const { changes } = passed(await examineApart({ files: target.files, active: before }));
      const id = await changePolicies(database, async (writer) => {
        const now = await writer.active();
        // Two who roll back the same version mean one step, not two.
        if (now?.id !== current.id) throw changed(now?.version);
        return add(writer, actor, target.digest, {
          kind: 'rollback',
          version: goal.version,
          previous: current.version,
          back: goal.back,
          changes,
        });
      });
      const activation = await store.activation(id);
      if (activation === undefined) throw new Error('an activation is gone');
      return resultOf(activation, true);
    });

  return { ...createPolicyReader(store, trust), publish, activate, rollback };
}

async function contentIn(writer: PolicyWriter, active: StoredActivation | undefined): Promise<BundleFiles> {
  return (active === undefined ? undefined : (await writer.bundle(active.version))?.files) ?? new Map();
}

function passed(examination: Examination): Extract<Examination, { ok: true }> {
  if (examination.ok) return examination;
  const { code, findings } = examination;
  throw new PolicyRefusal(
    code,
    code === 'policy_findings'
      ? 'the bundle has errors; see `findings`'
      : 'the tests of the bundle fail; see `findings`',
    findings,
  );
}

function unchangedVersions(
  layers: readonly { readonly name: string; readonly version: number }[],
): PolicyRefusal {
  const named = layers.map(({ name, version }) => `${name} (version ${version})`).join(', ');
  return new PolicyRefusal(
    'layer_version_unchanged',
    `changed since the newest published bundle, under the same version: ${named}; raise the version`,
  );
}

function changed(version: number | undefined): PolicyRefusal {
  return new PolicyRefusal('policy_changed', `version ${version ?? 'none'} answers now; nothing was done`);
}

/** In the audit log a line has its bounds. */
function recorded({ list, ...counts }: PolicyChanges): PolicyChanges {
  return { ...counts, list: list.slice(0, 50) };
}
