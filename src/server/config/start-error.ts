/** The server cannot start for a reason that its operator can change; the message is written for them. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/** Policies or facts have errors; the message is what was found. */
export class FindingsError extends StartError {
  override readonly name = 'FindingsError';
}
