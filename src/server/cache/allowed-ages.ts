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
export function allowedAges(bundle: CheckedBundle, index: number): AllowedAges | undefined {
  let known = knownAges.get(bundle);
  if (known === undefined) knownAges.set(bundle, (known = new Map()));
  if (!known.has(index)) known.set(index, agesOfKind(bundle, index));
  return known.get(index);
}

/** Each decision by kept facts asks. */
const knownAges = new WeakMap<CheckedBundle, Map<number, AllowedAges | undefined>>();

function agesOfKind({ policies }: CheckedBundle, index: number): AllowedAges | undefined {
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

/** Which verdicts facts must be able to give: some, or whichever comes of them. */
export type Serving = 'some' | 'any';

/** Whether such verdicts may be given by facts. */
export function mayServe(age: Age, { permit, deny }: AllowedAges, serving: Serving = 'some'): boolean {
  return isWithin(age, permit)
    ? serving === 'some' || isWithin(age, deny)
    : serving === 'some' && isWithin(age, deny);
}
