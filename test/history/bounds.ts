/** What was revoked so many milliseconds ago is never permitted. */
export const BOUND = 1_000;
/**
 * A version that was replaced answers until the next one was found, compiled and warmed up, for which a machine that is busy takes its
 * time; no proof is asked that there is none.
 */
export const POLICY_BOUND = 15_000;
/** Without it whoever writes into Redis can prove what they like. */
export const PROOF = 'proof';
/** What kept facts can be left without. */
export const SAFEGUARDS = ['invalidation', 'heartbeat', 'snapshots', 'shared-snapshots', PROOF];
