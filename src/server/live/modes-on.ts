import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { LossRegistry } from '../ports.ts';
import type { EmergencyState } from './emergency-types.ts';

/** The modes that a bundle's `loss of` lines enter while these dependencies are lost. */
export function modesByLoss(bundle: CheckedBundle, losses: ReadonlySet<string>): ReadonlyMap<string, string> {
  const modes = new Map<string, string>();
  for (const dependency of losses) {
    const mode = bundle.losses.get(dependency);
    if (mode !== undefined) modes.set(mode, dependency);
  }
  return modes;
}

/** Says which modes are on: those that an operator entered and those that a loss enters. Kept until one of them changes. */
export function createModesOn(
  emergency: EmergencyState,
  losses: LossRegistry,
): (bundle: CheckedBundle) => ReadonlySet<string> {
  let seen:
    | { bundle: CheckedBundle; revision: number; losses: ReadonlySet<string>; on: ReadonlySet<string> }
    | undefined;
  return (bundle) => {
    const lost = losses.current();
    if (seen?.bundle === bundle && seen.revision === emergency.revision && seen.losses === lost)
      return seen.on;
    const on = new Set([...emergency.modes().keys(), ...modesByLoss(bundle, lost).keys()]);
    seen = { bundle, revision: emergency.revision, losses: lost, on };
    return on;
  };
}
