/** Why there was no run, written for whoever started it. */
export class LoadError extends Error {}
