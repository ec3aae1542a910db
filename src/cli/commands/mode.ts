import type { EmergencyStatus, ModeStatus } from '../../server/http/schemas/emergency-schema.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { addRemoteOptions, callServer, type RemoteOptions } from '../remote.ts';
import { colorsFor, print, printJson } from '../terminal.ts';

type ReasonOptions = RemoteOptions & { readonly reason?: string };

const HELP = `
Examples:
  velro mode status
  velro mode enter lockdown --reason "credential leak"
  velro mode leave lockdown --reason "keys rotated"

A mode is on for every request at once, is recorded, and stays on over restarts until it is left.`;

export const defineMode: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  addRemoteOptions(
    command
      .command('enter')
      .description('turn a mode on')
      .argument('<name>', 'a mode that the bundle declares'),
  )
    .option('--reason <text>', 'why; it is written into the audit log')
    .action((name: string, options: ReasonOptions) => run(() => enter(name, options)));
  addRemoteOptions(
    command.command('leave').description('turn a mode off').argument('<name>', 'a mode that is on'),
  )
    .option('--reason <text>', 'why; it is written into the audit log')
    .action((name: string, options: ReasonOptions) => run(() => leave(name, options)));
  addRemoteOptions(command.command('status').description('show which modes are on, and why')).action(
    (options: RemoteOptions) => run(() => status(options)),
  );
};

async function enter(name: string, options: ReasonOptions): Promise<ExitCode> {
  const reason = options.reason ?? 'entered from the command line, without a reason';
  return show(
    await callServer(options, 'POST', `/emergency/modes/${encodeURIComponent(name)}`, { reason }),
    options,
  );
}

async function leave(name: string, options: ReasonOptions): Promise<ExitCode> {
  const query =
    options.reason === undefined ? '' : `?${new URLSearchParams({ reason: options.reason }).toString()}`;
  return show(
    await callServer(options, 'DELETE', `/emergency/modes/${encodeURIComponent(name)}${query}`),
    options,
  );
}

function show(answer: unknown, options: RemoteOptions): ExitCode {
  if (options.format === 'json') printJson(answer);
  else print(lineOf(answer as ModeStatus));
  return EXIT.fine;
}

async function status(options: RemoteOptions): Promise<ExitCode> {
  const { modes, losses, undeclared } = (await callServer(options, 'GET', '/emergency')) as EmergencyStatus;
  if (options.format === 'json') {
    printJson({ modes, losses, undeclared });
    return EXIT.fine;
  }
  for (const mode of modes) print(lineOf(mode));
  for (const { dependency, lost, since, enters } of losses) {
    if (lost)
      print(
        `lost: ${dependency} since ${since ?? 'an unknown time'}${enters === undefined ? '' : `, enters ${enters}`}`,
      );
  }
  for (const name of undeclared) print(`${name}: kept, but the running bundle does not declare it`);
  return EXIT.fine;
}

function lineOf(mode: ModeStatus): string {
  const color = colorsFor();
  if (!mode.on) return `${mode.name}: ${color.dim('off')}`;
  const by =
    mode.entered === undefined
      ? ''
      : ` since ${mode.entered.since} by ${mode.entered.by}: ${mode.entered.reason}`;
  const loss = mode.loss === undefined ? '' : ` (loss of ${mode.loss})`;
  return `${mode.name}: ${color.red('on')}${by}${loss}`;
}
