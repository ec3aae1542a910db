import type { About } from '../decide/about.ts';
import type { Database, Purpose, Session } from '../store/database.ts';
import type { EntityChange, RecordChanges } from './audit-entity.ts';
import { type EntityOutcome, refuse } from './entity-types.ts';

/** Rolls a transaction back whose changes could not be recorded. */
class NotRecorded extends Error {}

/** What a write did; nothing was changed where there are no changes. */
export interface Made<T> {
  readonly value: T;
  readonly changes: readonly EntityChange[];
}

/**
 * Makes a change in a transaction, records it durably, and commits: what is acknowledged is recorded and stored. What was
 * recorded and could then not be committed is recorded as failed.
 */
export async function recordedWrite<T>(
  { database, record }: { readonly database: Database; readonly record: RecordChanges },
  purpose: Purpose,
  about: About,
  make: (session: Session) => Promise<Made<T>>,
): Promise<EntityOutcome<T>> {
  let recorded: readonly EntityChange[] = [];
  try {
    const value = await database.transaction(purpose, async (session) => {
      const made = await make(session);
      if (made.changes.length > 0 && !(await record(made.changes, about))) throw new NotRecorded();
      recorded = made.changes;
      return made.value;
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof NotRecorded)
      return refuse('audit_unavailable', 'the change could not be recorded, so it was not made');
    if (recorded.length > 0)
      await record(
        recorded.map((change) => ({ ...change, failed: true })),
        about,
      );
    throw error;
  }
}
