import { InvalidArgumentError } from 'commander';
import { createTwoFilesPatch } from 'diff';
import type { PolicyVersionWithFiles } from '../../server/http/schemas/policy-schema.ts';
import { changesBetween } from '../../server/policies/changes-between.ts';
import type { DefineCommand } from '../command.ts';
import { printChanges, reportingRefusals, signedText } from '../policy-report.ts';
import {
  addPolicyTargetOptions,
  type PolicyTargetOptions,
  TARGET_HELP,
  withPolicies,
} from '../policy-target.ts';
import { print, printJson } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type Which = number | 'active';
interface ShowOptions extends PolicyTargetOptions {
  readonly diff?: Which | true;
  readonly file?: string;
}

const HELP = `
Examples:
  velro show active                 what answers: files, layers, signatures, by whom and when
  velro show 7 --diff               what version 7 would change about what answers
  velro show 7 --diff 5             … about version 5
  velro show 7 --file 3-ownership.velro
${TARGET_HELP}`;

export const defineShow: DefineCommand = (command, run) => {
  addPolicyTargetOptions(command.argument('<version>', 'the number of a version, or active', which))
    .option('--diff [version]', 'what it changes about another one (default: what answers)', which)
    .option('--file <path>', 'only the text of this file')
    .addHelpText('after', HELP)
    .action((version: Which, options: ShowOptions) =>
      run(() => reportingRefusals(options, () => show(version, options))),
    );
};

function which(text: string): Which {
  if (text === 'active') return text;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected the number of a version, or active');
}

async function show(version: Which, options: ShowOptions): Promise<void> {
  const { diff } = options;
  const [shown, other] = await withPolicies(options, async (target) => [
    await target.version(version),
    diff === undefined ? undefined : await target.version(diff === true ? 'active' : diff),
  ]);
  if (shown === undefined) return;
  if (options.file !== undefined) return showFile(shown, options.file, options);
  if (other !== undefined) return showDifference(other, shown, options);
  if (options.json === true) return printJson(shown);
  const { digest, layers, signatures, publishedBy, publishedAt, active, files } = shown;
  print(`version    ${shown.version}${active ? ', which answers' : ''}`);
  print(`digest     ${digest}`);
  print(`published  ${publishedAt} by ${publishedBy}`);
  print(`signature  ${signedText(signatures)}`);
  print(
    `layers     ${layers.map((one) => `${one.number} ${one.name} version ${one.version}`).join('\n           ')}`,
  );
  const lines = Object.entries(files).map(([path, text]) => `${path}  ${Buffer.byteLength(text)} bytes`);
  print(`files      ${lines.toSorted().join('\n           ')}`);
}

function showFile({ version, files }: PolicyVersionWithFiles, path: string, { json }: ShowOptions): void {
  const text = Object.hasOwn(files, path) ? files[path] : undefined;
  if (text === undefined) throw new UsageError(`version ${version} has no file ${path}`);
  if (json === true) printJson({ version, path, text });
  else print(text.replace(/\n$/, ''));
}

/** What the second changes about the first: declaration by declaration, then line by line. */
function showDifference(
  before: PolicyVersionWithFiles,
  after: PolicyVersionWithFiles,
  { json }: ShowOptions,
): void {
  const [old, current] = [before, after].map(({ files }) => new Map(Object.entries(files)));
  if (old === undefined || current === undefined) return;
  const changes = changesBetween(old, current);
  const patch = [...new Set([...old.keys(), ...current.keys()])]
    .toSorted()
    .filter((path) => old.get(path) !== current.get(path))
    .map((path) =>
      createTwoFilesPatch(
        old.has(path) ? `${before.version}/${path}` : '/dev/null',
        current.has(path) ? `${after.version}/${path}` : '/dev/null',
        old.get(path) ?? '',
        current.get(path) ?? '',
      ).replace(/^=+\n/, ''),
    )
    .join('');
  if (json === true) return printJson({ from: before.version, to: after.version, changes, patch });
  print(`from version ${before.version} to version ${after.version}`);
  printChanges(changes);
  if (patch !== '') print(`\n${patch.trimEnd()}`);
}
