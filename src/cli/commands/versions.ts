import type { DefineCommand } from '../command.ts';
import { wholeNumber } from '../options.ts';
import { reportingRefusals, versionLine } from '../policy-report.ts';
import {
  addPolicyTargetOptions,
  type PolicyTargetOptions,
  TARGET_HELP,
  withPolicies,
} from '../policy-target.ts';
import { notice, print, printJson } from '../terminal.ts';

interface VersionsOptions extends PolicyTargetOptions {
  readonly limit: number;
  readonly before?: number;
  readonly history?: true;
}

const HELP = `
Examples:
  velro versions                 the newest twenty; * is the one that answers
  velro versions --before 40     the twenty before version 40
  velro versions --history       what answered when, and who saw to that
${TARGET_HELP}`;

export const defineVersions: DefineCommand = (command, run) => {
  addPolicyTargetOptions(command)
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100), 20)
    .option(
      '--before <number>',
      'older ones than this version, or activation',
      wholeNumber(1, 999_999_999_999_999),
    )
    .option('--history', 'activations and rollbacks instead of versions')
    .addHelpText('after', HELP)
    .action((options: VersionsOptions) =>
      run(() =>
        reportingRefusals(options, () => (options.history === true ? history(options) : versions(options))),
      ),
    );
};

async function versions(options: VersionsOptions): Promise<void> {
  const { limit, before: cursor } = options;
  const page = await withPolicies(options, (target) => target.versions({ limit, cursor }));
  if (options.json === true) return printJson(page);
  for (const one of page.versions) print(versionLine(one));
  if (page.versions.length === 0) notice('there are no versions');
  if (page.next !== undefined) notice(`there are more: --before ${page.next}`);
}

async function history(options: VersionsOptions): Promise<void> {
  const { limit, before: cursor } = options;
  const page = await withPolicies(options, (target) => target.activations({ limit, cursor }));
  if (options.json === true) return printJson(page);
  for (const { id, kind, version, previous, by, at, changes } of page.activations) {
    const what = kind === 'rollback' ? 'rolled back to' : 'activated';
    const from = previous === undefined ? '' : ` after ${previous}`;
    const { added, removed, changed } = changes;
    print(`${id}  ${at}  ${by} ${what} ${version}${from}  +${added} -${removed} ~${changed}`);
  }
  if (page.activations.length === 0) notice('nothing was activated yet');
  if (page.next !== undefined) notice(`there are more: --before ${page.next}`);
}
