import { runTests } from '../../engine/testing/run-tests.ts';
import { digestOf } from '../../server/bundles/bundle-digest.ts';
import { type BundleFiles, canonicalFiles } from '../../server/bundles/canonical-files.ts';
import { StartError } from '../../server/config/start-error.ts';
import { readPrivateKey } from '../../server/policies/policy-key-files.ts';
import { type PolicySignature, signDigest } from '../../server/policies/policy-signature.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { loadPolicies, readPolicies } from '../policies.ts';
import { printActivation, reportingRefusals, signedText } from '../policy-report.ts';
import {
  addPolicyTargetOptions,
  type PolicyTargetOptions,
  TARGET_HELP,
  withPolicies,
} from '../policy-target.ts';
import { colorsFor, notice, print, printJson } from '../terminal.ts';
import { specReport } from '../test-report/spec.ts';
import { UsageError } from '../usage-error.ts';

interface PublishOptions extends PolicyTargetOptions {
  readonly sign?: string;
  readonly activate?: true;
}

const HELP = `
Examples:
  velro publish                                            the bundle in ./policies, as the next version
  velro publish --activate --url https://velro.example.org and let it answer at once
  velro publish --sign velro-policy.key --database postgres://velro@localhost/velro

The bundle must check and pass its tests. The same content is the same version. A layer that says something else than in the
newest version must have another \`version\`. Exits with 1 when there are findings.
${TARGET_HELP}`;

export const definePublish: DefineCommand = (command, run) => {
  addPolicyTargetOptions(
    command.argument('[path]', 'a folder of .velro files, or one file', DEFAULT_POLICIES),
  )
    .option('--sign <key>', 'sign with the private key in this file (velro keygen)')
    .option('--activate', 'make it answer')
    .addHelpText('after', HELP)
    .action((path: string, options: PublishOptions) => run(() => publish(path, options)));
};

async function publish(path: string, options: PublishOptions): Promise<ExitCode> {
  const files = await passingFiles(path);
  if (files === undefined) return EXIT.findings;
  const signature = await signatureOf(files, options.sign);
  return reportingRefusals(options, () =>
    withPolicies(options, async (target) => {
      const published = await target.publish(Object.fromEntries(files), signature);
      if (options.json !== true) {
        const { version, digest, isNew, signatures } = published;
        const head = isNew ? `published as version ${version}` : `this content is version ${version} already`;
        print(`${colorsFor().green(head)}: ${digest.slice(0, 19)}, ${signedText(signatures)}`);
      }
      const activated = options.activate === true ? await target.activate(published.version) : undefined;
      if (options.json === true) printJson({ published, ...(activated && { activated }) });
      else if (activated !== undefined) printActivation(activated);
    }),
  );
}

/** The files of a bundle that checks and passes its tests, or undefined after saying what is wrong with it. */
async function passingFiles(path: string): Promise<BundleFiles | undefined> {
  const loaded = await loadPolicies(path);
  if (loaded === undefined) return undefined;
  const started = performance.now();
  const report = runTests(loaded.bundle);
  if (report.failed > 0) {
    notice(specReport(report, performance.now() - started, colorsFor(process.stderr)));
    return undefined;
  }
  const { sources, folder } = await readPolicies(path);
  return canonicalFiles(sources, folder);
}

async function signatureOf(
  files: BundleFiles,
  keyFile: string | undefined,
): Promise<PolicySignature | undefined> {
  if (keyFile === undefined) return undefined;
  try {
    return signDigest(await readPrivateKey(keyFile), digestOf(files));
  } catch (error) {
    if (error instanceof StartError) throw new UsageError(error.message);
    throw error;
  }
}
