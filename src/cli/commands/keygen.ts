import { StartError } from '../../server/config/start-error.ts';
import { createKeyPair } from '../../server/policies/policy-key-files.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print, printJson } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `
Examples:
  velro keygen velro-policy.key            the private key there, the public one in velro-policy.key.pub
  velro publish --sign velro-policy.key --activate
  VELRO_POLICY_KEYS=velro-policy.key.pub velro serve

The private key (Ed25519, PEM) can be read by its owner only, and belongs where policies are published, not on servers. The
public key is for VELRO_POLICY_KEYS. Neither file is ever replaced.`;

export const defineKeygen: DefineCommand = (command, run) => {
  command
    .argument('<file>', 'the file of the private key, which must not be there yet')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((file: string, options: { readonly json?: true }) => run(() => keygen(file, options)));
};

async function keygen(file: string, { json }: { readonly json?: true }): Promise<ExitCode> {
  const pair = await createKeyPair(file).catch((error: unknown) => {
    throw error instanceof StartError ? new UsageError(error.message) : error;
  });
  if (json === true) printJson(pair);
  else {
    print(`private key  ${pair.privateFile} (mode 0600)`);
    print(`public key   ${pair.publicFile}`);
    print(`key id       ${pair.keyId}\n`);
    print(pair.publicKey.trimEnd());
  }
  return EXIT.fine;
}
