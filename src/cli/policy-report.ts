import type {
  ActivationResult,
  PolicyChanges,
  PolicyFinding,
  PolicyVersion,
  SignatureStatus,
} from '../server/http/schemas/policy-schema.ts';
import { PolicyRefusal } from '../server/policies/policy-refusal.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { ServerRefusal } from './remote.ts';
import { colorsFor, notice, print, printJson } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Runs a command on published policies: what is refused is said in a sentence, and findings one by one. */
export async function reportingRefusals(
  options: { readonly json?: true },
  work: () => Promise<void>,
): Promise<ExitCode> {
  try {
    await work();
    return EXIT.fine;
  } catch (error) {
    const isRefusal = error instanceof PolicyRefusal || error instanceof ServerRefusal;
    if (!isRefusal) throw error;
    const { code, findings, message } = error;
    if (options.json === true) printJson({ error: { code, message, findings } });
    if (findings.length === 0 && options.json !== true)
      throw error instanceof UsageError ? error : new UsageError(message);
    if (options.json !== true) for (const finding of findings) notice(findingText(finding));
    return findings.length > 0 ? EXIT.findings : EXIT.misuse;
  }
}

function findingText({ code, severity, path, line, column, message, help }: PolicyFinding): string {
  const color = colorsFor(process.stderr);
  const head = `${color.red(`${severity}[${code}]`)}: ${message}\n  --> ${path}:${line}:${column}`;
  return help === undefined ? head : `${head}\n   = help: ${help}`;
}

/** What an activation did, for people. */
export function printActivation({ activation, isNew, loaded }: ActivationResult): void {
  const color = colorsFor();
  const { kind, version, previous, by, at, changes } = activation;
  if (!isNew) print(`version ${version} is active already, since ${at} by ${by}`);
  else {
    const from = previous === undefined ? '' : `, ${previous} did before`;
    print(
      `${color.green(`version ${version} is active`)}${from}${kind === 'rollback' ? ' (rolled back)' : ''}`,
    );
    printChanges(changes);
  }
  if (loaded === false)
    notice('velro: the server that was asked does not use it; see /readyz?verbose and its log');
}

/** So many changes are shown one by one. */
const SHOWN = 40;

export function printChanges({ added, removed, changed, list }: PolicyChanges): void {
  const color = colorsFor();
  print(`${added} added, ${removed} removed, ${changed} changed`);
  for (const { change, layer, kind, name } of list.slice(0, SHOWN)) {
    const sign = { added: color.green('+'), removed: color.red('-'), changed: color.yellow('~') }[change];
    print(`  ${sign} ${layer === undefined ? '' : `${layer}: `}${kind} ${name}`);
  }
  const rest = added + removed + changed - Math.min(list.length, SHOWN);
  if (rest > 0) print(`  and ${rest} more`);
}

/** A version in a line. */
export function versionLine({
  version,
  digest,
  signatures,
  publishedBy,
  publishedAt,
  active,
}: PolicyVersion): string {
  const color = colorsFor();
  const number = active ? color.green(`* ${version}`) : `  ${version}`;
  return `${number}  ${digest.slice(0, 19)}  ${publishedAt}  ${publishedBy}  ${signedText(signatures)}`;
}

export function signedText(signatures: readonly SignatureStatus[]): string {
  if (signatures.length === 0) return 'unsigned';
  return signatures.map(({ keyId, good }) => `signed by ${keyId}${standingOf(good)}`).join(', ');
}

function standingOf(good: boolean | undefined): string {
  const color = colorsFor();
  if (good === undefined) return ' (a key that is not known here)';
  return good ? '' : color.red(' (BAD: not of this content)');
}
