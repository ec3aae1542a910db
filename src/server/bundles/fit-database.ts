import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import type { Database } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { checkMapping } from '../store/schema/check-mapping.ts';

/** Whether a bundle may be served from a database, and what was found, as text for people. */
export interface DatabaseFit {
  readonly ok: boolean;
  readonly findings: string;
}

/** Holds a bundle against the database that its facts come from; what cannot be found out does not fit. */
export async function fitDatabase(
  bundle: CheckedBundle,
  database: Database,
  color: boolean,
): Promise<DatabaseFit> {
  try {
    const found = await checkMapping(bundle, database);
    return {
      ok: found.every(({ severity }) => severity !== 'error'),
      findings: renderDiagnostics(found, { color }),
    };
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return {
      ok: false,
      findings: `the tables that the policies map could not be looked at: ${error.message}`,
    };
  }
}
