/** Opening the embedded database takes seconds, and more on a busy machine. Milliseconds. */
export const OPENING_TIMEOUT = 300_000;

/** Variables for a process whose test is not about how long it may take to start. */
export const PATIENT_START = { VELRO_DATABASE_START_TIMEOUT: `${OPENING_TIMEOUT / 1_000}s` };
