import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type {
  ActivationStatus,
  EmergencyStatus,
  LossStatus,
  ModeStatus,
  OverrideStatus,
} from '../http/schemas/emergency-schema.ts';
import type { Ports } from '../ports.ts';
import type { Activation } from './emergency-types.ts';
import { modesByLoss } from './modes-on.ts';

/** Everything about modes, overrides and losses, as operators see it. */
export function emergencyStatus(ports: Ports): EmergencyStatus {
  const { bundles, clock, emergency, losses } = ports;
  const { bundle } = bundles.current().engine;
  const open = emergency.activations(clock.now());
  const undeclared = new Set([
    ...[...emergency.modes().keys()].filter((name) => !bundle.modes.has(name)),
    ...open.map((one) => one.override).filter((name) => !bundle.overrides.has(name)),
  ]);
  return {
    modes: [...bundle.modes.keys()].map((name) => modeStatus(name, bundle, ports)),
    overrides: [...bundle.overrides.values()].map(
      ({ name, because, waives, expiresAfter }): OverrideStatus => ({
        name,
        ...(because === undefined ? {} : { because }),
        waives: [...waives],
        expiresAfterSeconds: expiresAfter / 1_000,
        open: open.filter((one) => one.override === name).map(activationStatus),
      }),
    ),
    losses: lossStatus(bundle, losses.since()),
    undeclared: [...undeclared].toSorted(),
  };
}

/** One mode of the bundle, or one that an operator entered when an older bundle declared it. */
export function modeStatus(name: string, bundle: CheckedBundle, { emergency, losses }: Ports): ModeStatus {
  const entered = emergency.modes().get(name);
  const loss = modesByLoss(bundle, losses.current()).get(name);
  const description = bundle.modes.get(name)?.description;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    on: entered !== undefined || loss !== undefined,
    ...(entered === undefined
      ? {}
      : { entered: { reason: entered.reason, by: entered.by, since: timeText(entered.since) } }),
    ...(loss === undefined ? {} : { loss }),
  };
}

export function activationStatus({
  override,
  subject,
  reason,
  by,
  openedAt,
  expiresAt,
}: Activation): ActivationStatus {
  return {
    override,
    subject: { ...subject },
    reason,
    by,
    openedAt: timeText(openedAt),
    expiresAt: timeText(expiresAt),
  };
}

function lossStatus(bundle: CheckedBundle, since: ReadonlyMap<string, number>): LossStatus[] {
  const names = [...new Set([...bundle.losses.keys(), ...since.keys()])].toSorted();
  return names.map((dependency) => {
    const lostAt = since.get(dependency);
    const enters = bundle.losses.get(dependency);
    return {
      dependency,
      lost: lostAt !== undefined,
      ...(lostAt === undefined ? {} : { since: timeText(lostAt) }),
      ...(enters === undefined ? {} : { enters }),
    };
  });
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
