/** The tables are not as the bundle maps them, so that its facts cannot be asked for. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  /** As PostgreSQL would say it: 42P01 for a table, 42703 for a column that is not there, 21000 for a key of several rows. */
  readonly code: '42P01' | '42703' | '21000';

  constructor(code: MappingError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
