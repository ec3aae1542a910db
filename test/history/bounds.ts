/** What was revoked so many milliseconds ago is never permitted. */
export const BOUND = 1_000;
/**
 * A version that was replaced answers until the next one was found, compiled and warmed up, for which a machine that is busy takes its
 * time; no proof is asked that there is none.
 */
export const POLICY_BOUND = 15_000;
