import { dirname } from 'node:path';
import { DEFAULT_DATA, mediaKeyFile } from '../../server/config/configuration.ts';
import { prepareFolder } from '../../server/config/data-folder.ts';
import { StartError } from '../../server/config/start-error.ts';
import { openMediaKeys } from '../../server/media/media-keys.ts';
import { LONGEST_LIFETIME, mintMediaToken } from '../../server/media/media-token.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';
import { print } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface KeyOptions {
  readonly keys?: string;
}
interface RotateOptions extends KeyOptions {
  readonly revoke?: true;
}
interface MintOptions extends KeyOptions {
  readonly subject: string;
  readonly lifetime: number;
}

const HELP = `
Examples:
  velro media-token mint GET /files/7.png --subject 919108f7-52d1-4320-9bac-f847db4148a8
  velro media-token mint GET /files/7.png --subject ID --lifetime 3600
  velro media-token rotate

The key file is media-keys.json in VELRO_DATA (.velro), or what VELRO_MEDIA_KEYS names; the server checks tokens with it
(media.token_valid in policies). It is made when it is not there. After a rotation tokens of older keys are valid until they expire.`;

export const defineMediaToken: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  command
    .command('mint', { isDefault: true })
    .description('print a token for one method, path and subject')
    .argument('<method>', 'the HTTP method, such as GET')
    .argument('<path>', 'the path of the medium')
    .requiredOption('--subject <id>', 'who may use it')
    .option('--lifetime <seconds>', 'how long it is valid', wholeNumber(1, LONGEST_LIFETIME), 300)
    .option('--keys <file>', 'another key file')
    .action((method: string, path: string, options: MintOptions) => run(() => mint(method, path, options)));
  command
    .command('rotate')
    .description('make a new key the one that signs')
    .option('--revoke', 'refuse the tokens of all older keys at once')
    .option('--keys <file>', 'another key file')
    .action((options: RotateOptions) => run(() => rotate(options)));
};

async function mint(method: string, path: string, options: MintOptions): Promise<ExitCode> {
  const { subject, lifetime } = options;
  if (![method, path, subject].every((text) => text.isWellFormed())) {
    throw new UsageError('method, path and subject must be well-formed Unicode');
  }
  const now = Date.now();
  const keys = await withKeys(options, (file) => openMediaKeys(file, now));
  print(mintMediaToken(keys, { method, path, subject, expires: now + lifetime * 1000, now }));
  return EXIT.fine;
}

async function rotate(options: RotateOptions): Promise<ExitCode> {
  const { revoke = false } = options;
  const now = Date.now();
  await withKeys(options, async (file) => {
    const keys = await openMediaKeys(file, now);
    const id = await keys.rotate(now, { revoke });
    print(`key ${id} signs; ${keys.list().length - 1} older kept until their tokens have expired`);
  });
  return EXIT.fine;
}

/** Does something with the key file; what is wrong with the file is the caller's to mend. */
async function withKeys<T>({ keys }: KeyOptions, use: (path: string) => Promise<T>): Promise<T> {
  const data = process.env['VELRO_DATA'] || DEFAULT_DATA;
  const path = keys ?? mediaKeyFile(process.env, data);
  try {
    if (keys === undefined) await prepareFolder(dirname(path));
    return await use(path);
  } catch (error) {
    if (error instanceof StartError) throw new UsageError(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new UsageError(`cannot use ${path}: ${code}`);
    throw error;
  }
}
