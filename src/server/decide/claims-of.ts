import type { Verdict } from '../../engine/decide/types.ts';

/** Who established each claim, as `layer.rule`. */
export function claimsOf({ grants }: Verdict): Readonly<Record<string, string>> {
  return Object.fromEntries(grants.map(({ claim, by }) => [claim, `${by.layer}.${by.rule}`]));
}
