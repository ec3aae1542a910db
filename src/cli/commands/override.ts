import type {
  ActivationStatus,
  EmergencyStatus,
  OverrideStatus,
} from '../../server/http/schemas/emergency-schema.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { entity } from '../options.ts';
import { addRemoteOptions, callServer, type RemoteOptions } from '../remote.ts';
import { colorsFor, print, printJson } from '../terminal.ts';

interface SubjectOptions extends RemoteOptions {
  readonly subject: { readonly type: string; readonly id: string };
  readonly reason?: string;
}
type OpenOptions = SubjectOptions & { readonly reason: string; readonly duration?: string };

const HELP = `
Examples:
  velro override status
  velro override open break_glass --subject user:ID --reason "outage 4711" --for 30m
  velro override close break_glass --subject user:ID

An open override establishes the claims that it waives; every forbid still counts. It ends by itself.`;

export const defineOverride: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  addRemoteOptions(
    command
      .command('open')
      .description('open an override for one subject')
      .argument('<name>', 'an override that the bundle declares'),
  )
    .requiredOption('--subject <type:id>', 'for whom', entity)
    .requiredOption('--reason <text>', 'why; it is written into the audit log')
    .option('--for <duration>', 'how long, such as 30m (default and most: what the policy says)')
    .action((name: string, options: OpenOptions & { for?: string }) => run(() => open(name, options)));
  addRemoteOptions(
    command
      .command('close')
      .description('close an override for one subject')
      .argument('<name>', 'an override that is open'),
  )
    .requiredOption('--subject <type:id>', 'for whom', entity)
    .option('--reason <text>', 'why; it is written into the audit log')
    .action((name: string, options: SubjectOptions) => run(() => close(name, options)));
  addRemoteOptions(
    command.command('status').description('show which overrides are open, for whom and until when'),
  ).action((options: RemoteOptions) => run(() => status(options)));
};

async function open(name: string, options: OpenOptions & { for?: string }): Promise<ExitCode> {
  const { subject, reason, for: duration } = options;
  const body = { subject, reason, ...(duration !== undefined && { duration }) };
  const answer = await callServer(options, 'POST', pathOf(name), body);
  if (options.format === 'json') printJson(answer);
  else print(`opened ${lineOf(answer as ActivationStatus)}`);
  return EXIT.fine;
}

async function close(name: string, options: SubjectOptions): Promise<ExitCode> {
  const query = new URLSearchParams({
    ...options.subject,
    ...(options.reason !== undefined && { reason: options.reason }),
  });
  const answer = await callServer(options, 'DELETE', `${pathOf(name)}?${query.toString()}`);
  if (options.format === 'json') printJson(answer);
  else print(`closed ${lineOf(answer as ActivationStatus)}`);
  return EXIT.fine;
}

async function status(options: RemoteOptions): Promise<ExitCode> {
  const { overrides } = (await callServer(options, 'GET', '/emergency')) as EmergencyStatus;
  if (options.format === 'json') printJson({ overrides });
  else for (const override of overrides) print(statusOf(override));
  return EXIT.fine;
}

function statusOf({ name, waives, open: activations }: OverrideStatus): string {
  const color = colorsFor();
  const state =
    activations.length === 0 ? color.dim('not open') : color.red(`open for ${activations.length}`);
  return [
    `${name} (waives ${waives.join(', ')}): ${state}`,
    ...activations.map((one) => `  ${lineOf(one)}`),
  ].join('\n');
}

function lineOf({ override, subject, reason, by, openedAt, expiresAt }: ActivationStatus): string {
  return `${override} for ${subject.type}:${subject.id} from ${openedAt} until ${expiresAt} by ${by}: ${reason}`;
}

function pathOf(name: string): string {
  return `/emergency/overrides/${encodeURIComponent(name)}`;
}
