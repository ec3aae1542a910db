/** The command was called wrongly (exit code 2): what is wrong, and what to do instead. */
export class UsageError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
    this.help = help;
  }
}
