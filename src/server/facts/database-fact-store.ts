import type { Logger } from 'pino';
import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { FactView } from '../../engine/decide/facts.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import { StartError } from '../config/start-error.ts';
import type { FactQuestion, FactStore } from '../ports.ts';
import type { Database, Session } from '../store/database.ts';
import { BundleStatements } from './sql/bundle-statements.ts';
import { describeTables } from './sql/describe-tables.ts';
import { LoadedFacts } from './sql/loaded-facts.ts';

export interface DatabaseFactStoreOptions {
  readonly database: Database;
  readonly log: Logger;
}

/** Facts in a database. */
export interface DatabaseFactStore extends FactStore {
  /**
   * Opens the database and looks at the tables that the bundle maps, so that the first question has not to wait for it.
   * Rejects with a `StartError` where the database is another process's; what else fails is tried again with each question.
   */
  prepare(bundle: CheckedBundle): Promise<void>;
}

/** What is known of the tables of one bundle. */
interface Known {
  readonly statements: BundleStatements;
  /** Grows whenever the tables are looked at again: a statement whose result has changed is prepared anew. */
  readonly generation: number;
}

/** Facts in the tables that a bundle maps, and in the engine's own store: one statement a question. */
export function createDatabaseFactStore({ database, log }: DatabaseFactStoreOptions): DatabaseFactStore {
  const known = new WeakMap<CheckedBundle, Known | Promise<Known>>();
  const logged = new Set<string>();
  let generation = 0;

  const describe = (bundle: CheckedBundle): Known | Promise<Known> => {
    const found = known.get(bundle);
    if (found !== undefined) return found;
    const describing = describeTables(database, bundle).then((tables) => {
      const made = { statements: new BundleStatements(bundle, tables), generation };
      known.set(bundle, made);
      return made;
    });
    known.set(bundle, describing);
    return describing;
  };

  const ask = async (
    where: Pick<Session, 'query'>,
    { statements, generation: current }: Known,
    triple: Triple,
    requests: readonly PreparedRequest[],
    into: LoadedFacts,
  ): Promise<void> => {
    const statement = statements.of(triple, requests, requests.length === 1 ? 'one' : 'many');
    if (statement === undefined) {
      return;
    }
    const asked = statement.for(requests);
    const name = current === 0 ? statement.name : `${statement.name}_${current}`;
    const { rows } = await where.query({ ...asked, name });
    statement.read(rows, requests, into);
  };

  const reading: Pick<Session, 'query'> = { query: (statement) => database.query('read', statement) };

  const load = async (questions: readonly FactQuestion[], bundle: CheckedBundle): Promise<FactView> => {
    const facts = new LoadedFacts(bundle);
    const groups = new Map<Triple, PreparedRequest[]>();
    for (const { triple, request } of questions) {
      const group = groups.get(triple);
      if (group === undefined) groups.set(triple, [request]);
      else group.push(request);
    }
    const described = describe(bundle);
    const at = described instanceof Promise ? await described : described;
    const [only] = groups;
    if (only !== undefined && groups.size === 1) await ask(reading, at, ...only, facts);
    else if (groups.size > 1) {
      // All see the same state: one question may read what the statement of another has loaded.
      await database.transaction(
        'read',
        async (session) => {
          for (const [triple, requests] of groups) await ask(session, at, triple, requests, facts);
        },
        { isolation: 'repeatable read' },
      );
    }
    return facts;
  };

  const note = (error: unknown): void => {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && !logged.has(code) && logged.size < MOST_CODES) {
      logged.add(code);
      log.error({ err: error, code }, 'facts not loaded');
    }
  };
  const noted = (error: unknown): never => {
    note(error);
    throw error;
  };

  const loadAll = async (questions: readonly FactQuestion[], bundle: CheckedBundle): Promise<FactView> => {
    try {
      return await load(questions, bundle);
    } catch (error) {
      known.delete(bundle);
      if (!isOutdated(error)) return noted(error);
      generation += 1;
      return load(questions, bundle).catch(noted);
    }
  };

  return {
    load: (request, triple, bundle) => loadAll([{ request, triple }], bundle),
    loadAll,
    async prepare(bundle) {
      try {
        await database.query('read', { text: 'select 1' });
        const described = await describe(bundle);
        described.statements.makeAll();
      } catch (error) {
        known.delete(bundle);
        if (error instanceof StartError) throw error;
        note(error);
      }
    },
    size: () => undefined,
  };
}

/** At most so many different errors are logged. */
const MOST_CODES = 100;

/** Whether a prepared statement is gone, or its result is of other types since a table was altered: it is prepared anew. */
function isOutdated(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '0A000' || code === '26000';
}
