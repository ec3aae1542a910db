import type { CheckedBundle } from '../../dsl/check/bundle.ts';

/** How old facts may be for a verdict, in milliseconds. */
interface VerdictAges {
  /** Since they came into this process. */
  readonly here: number;
  /** Since they began to be loaded, wherever that was. */
  readonly inAll: number;
}

/** How long facts may serve decisions of one kind. */
export interface AllowedAges {
  readonly permit: VerdictAges;
  readonly deny: VerdictAges;
  /** How long instances may keep them for each other since they began to be loaded; 0: not at all. */
  readonly shared: number;
  /** From these ages on facts are loaded anew ahead of time; infinite where the policy says nothing of it. */
  readonly refresh: VerdictAges;
  /** Facts of these ages give way to newer ones. */
  readonly replace: VerdictAges;
}

/** How old facts are, in milliseconds. */
export interface Age {
  /** Since they came into this process: the same as `age` for what this process loaded. */
  readonly held: number;
  /** Since they began to be loaded. */
  readonly age: number;
}

/**
 * What layer 7 allows for decisions of one kind; undefined where nothing is kept. `for` is the time in one process, and `shared` the time
 * since facts were loaded by whichever: what another instance loaded serves here as long as `for` says, and never longer than
 * `shared`.
 */
export function allowedAges({ policies }: CheckedBundle, index: number): AllowedAges | undefined {
  const cache = policies[index]?.cache;
  if (cache === undefined || cache.never) return undefined;
  const leading = cache.permit ?? cache.deny;
  if (leading === undefined) return undefined;
  const { lifetime, stale } = leading;
  const longest = Math.max(lifetime, leading.shared ?? 0);
  const before = (end: number): number => (stale === undefined ? Infinity : Math.max(0, end - stale));
  const refresh = { here: before(lifetime), inAll: before(longest) };
  return {
    permit: agesOf(cache.permit),
    deny: agesOf(cache.deny),
    shared: Math.max(cache.permit?.shared ?? 0, cache.deny?.shared ?? 0),
    refresh,
    replace: { here: Math.min(refresh.here, lifetime), inAll: Math.min(refresh.inAll, longest) },
  };
}

function agesOf(
  policy: { readonly lifetime: number; readonly shared: number | undefined } | undefined,
): VerdictAges {
  if (policy === undefined) return { here: 0, inAll: 0 };
  return { here: policy.lifetime, inAll: Math.max(policy.lifetime, policy.shared ?? 0) };
}

/** Whether facts are not too old. */
export function isWithin({ held, age }: Age, { here, inAll }: VerdictAges): boolean {
  return held <= here && age <= inAll;
}

/** Which verdicts facts may give as old as they are. */
export interface Verdicts {
  readonly permit: boolean;
  readonly deny: boolean;
}

export function verdictsAt(age: Age, { permit, deny }: AllowedAges): Verdicts {
  if (isWithin(age, permit)) return isWithin(age, deny) ? BOTH : PERMITS;
  return isWithin(age, deny) ? DENIALS : NEITHER;
}

const BOTH: Verdicts = { permit: true, deny: true };
const PERMITS: Verdicts = { permit: true, deny: false };
const DENIALS: Verdicts = { permit: false, deny: true };
const NEITHER: Verdicts = { permit: false, deny: false };

/** Which verdicts facts must be able to give: some, or whichever comes of them. */
export type Serving = 'some' | 'any';

/** Whether facts that may give these verdicts serve. */
export function serves({ permit, deny }: Verdicts, serving: Serving): boolean {
  return serving === 'some' ? permit || deny : permit && deny;
}

/** Whether such verdicts may be given by facts. */
export function mayServe(age: Age, ages: AllowedAges, serving: Serving = 'some'): boolean {
  return serves(verdictsAt(age, ages), serving);
}
