/** Variables of the environment that the server reads. */
export type Environment = Readonly<Record<string, string | undefined>>;
