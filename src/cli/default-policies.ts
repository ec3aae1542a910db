/** Where the bundle is unless the command line says otherwise. */
export const DEFAULT_POLICIES = 'policies';
