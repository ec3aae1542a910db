import type { Session, TransactionOptions } from './database.ts';

/** Runs work between BEGIN and COMMIT; when it rejects, between BEGIN and ROLLBACK. */
export async function inTransaction<T>(
  session: Session,
  work: (session: Session) => Promise<T>,
  { isolation }: TransactionOptions = {},
): Promise<T> {
  await session.query({ text: isolation === undefined ? 'begin' : `begin isolation level ${isolation}` });
  let result: T;
  try {
    result = await work(session);
  } catch (error) {
    // Where the connection is lost the database undoes it by itself.
    await session.query({ text: 'rollback' }).catch(() => {});
    throw error;
  }
  await session.query({ text: 'commit' });
  return result;
}
