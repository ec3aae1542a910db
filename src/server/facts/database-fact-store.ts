import type { Logger } from 'pino';
import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { FactView } from '../../engine/decide/facts.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import { StartError } from '../config/start-error.ts';
import type { FactQuestion, FactStore } from '../ports.ts';
import type { Database, Session, Statement } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { BundleStatements } from './sql/bundle-statements.ts';
import { describeTables } from './sql/describe-tables.ts';
import type { ByRoot } from './sql/fact-statement.ts';
import { LoadedFacts } from './sql/loaded-facts.ts';
import { severalRows } from './sql/mapping-error.ts';

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
  /**
   * The facts of a question by the root that leads to them, and what state of the database they are of; undefined for a
   * question that names further records, and where there is nothing to load. Rejects when they cannot be found out.
   */
  loadByRoot(question: FactQuestion, bundle: CheckedBundle): Promise<LoadedByRoot | undefined>;
  /** The same as `load`, from the server that is written to and never from a replica. */
  loadFromPrimary(question: FactQuestion, bundle: CheckedBundle): Promise<FactView>;
}

/** What one statement found. */
export interface LoadedByRoot {
  readonly facts: ByRoot<LoadedFacts>;
  /** As the database says it. */
  readonly snapshot: unknown;
  /** Whether a replica answered; anything but false counts as yes. */
  readonly isReplica: boolean;
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
    const describing = describeTables(database, bundle).then(
      (tables) => {
        const made = { statements: new BundleStatements(bundle, tables), generation };
        known.set(bundle, made);
        return made;
      },
      (error: unknown) => {
        known.delete(bundle);
        throw error;
      },
    );
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
    if (statement === undefined) return;
    const { rows } = await where.query(named(statement.for(requests), current));
    statement.read(rows, requests, into);
  };

  const loadByRoot = async (
    { request, triple }: FactQuestion,
    bundle: CheckedBundle,
  ): Promise<LoadedByRoot | undefined> => {
    const described = describe(bundle);
    const { statements, generation: current } = described instanceof Promise ? await described : described;
    const statement = statements.withSnapshot(triple, request);
    if (statement === undefined) return undefined;
    const { rows } = await database.query('read', named(statement.for([request]), current));
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw severalRows();
    const facts = { subject: new LoadedFacts(bundle), resource: new LoadedFacts(bundle) };
    statement.readByRoot(row, request, facts);
    return { facts, snapshot: row['snapshot'], isReplica: row['isReplica'] !== false };
  };

  const load = async (
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    purpose: 'read' | 'auth' = 'read',
  ): Promise<FactView> => {
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
    if (only !== undefined && groups.size === 1) {
      const reading: Pick<Session, 'query'> = { query: (statement) => database.query(purpose, statement) };
      await ask(reading, at, ...only, facts);
    } else if (groups.size > 1) {
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

  /** After the database, or the mapping, has said no the tables are looked at anew; one that is only gone is as it was. */
  const forget = (bundle: CheckedBundle, error: unknown): void => {
    const found = known.get(bundle);
    if (found === undefined || found instanceof Promise || error instanceof DatabaseUnavailable) return;
    known.delete(bundle);
    // Of many questions that fail at once the first sees to it.
    if (isOutdated(error) && found.generation === generation) generation += 1;
  };

  /** Looks at the tables again where they have changed since. */
  const withTables = async <T>(bundle: CheckedBundle, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      forget(bundle, error);
      return isOutdated(error) ? work().catch(noted) : noted(error);
    }
  };
  const loadAll: FactStore['loadAll'] = (questions, bundle) =>
    withTables(bundle, () => load(questions, bundle));

  return {
    load: (request, triple, bundle) => loadAll([{ request, triple }], bundle),
    loadAll,
    loadByRoot: (question, bundle) => withTables(bundle, () => loadByRoot(question, bundle)),
    loadFromPrimary: (question, bundle) => withTables(bundle, () => load([question], bundle, 'auth')),
    async prepare(bundle) {
      try {
        await database.query('read', { text: 'select 1' });
        const described = await describe(bundle);
        described.statements.makeAll();
      } catch (error) {
        forget(bundle, error);
        if (error instanceof StartError) throw error;
        note(error);
      }
    },
    size: () => undefined,
  };
}

/** The same text has the same name, until the tables were looked at again. */
function named(statement: Statement, generation: number): Statement {
  return generation === 0 ? statement : { ...statement, name: `${statement.name}_${generation}` };
}

/** At most so many different errors are logged. */
const MOST_CODES = 100;

/** Whether a prepared statement is gone, or its result is of other types since a table was altered: it is prepared anew. */
function isOutdated(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '0A000' || code === '26000';
}
