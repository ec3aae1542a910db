import { setField } from '../../dsl/types/encode.ts';
import type { Verdict } from '../../engine/decide/types.ts';

/** Who established each claim, as `layer.rule`. */
export function claimsOf({ grants }: Verdict): Readonly<Record<string, string>> {
  const claims: Record<string, string> = {};
  for (const { claim, by } of grants) setField(claims, claim, `${by.layer}.${by.rule}`);
  return claims;
}
