import type { Logger } from 'pino';
import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { FactView } from '../../engine/decide/facts.ts';
import { PairedFacts } from '../cache/paired-facts.ts';
import { StartError } from '../config/start-error.ts';
import type { FactQuestion, FactStore, FactWish } from '../ports.ts';
import type { Database, Statement } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { type LoadedTogether, loadTogether } from './load-together.ts';
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
  /** The same of several questions, all of one state; from a replica only where it is said so. Takes one round trip. */
  loadTogether(
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    purpose: 'auth' | 'read',
  ): Promise<LoadedTogether>;
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

  const loadByRoot = async (
    { request, triple }: FactQuestion,
    bundle: CheckedBundle,
  ): Promise<LoadedByRoot | undefined> => {
    const described = describe(bundle);
    const { statements, generation: current } = described instanceof Promise ? await described : described;
    if (statements.namesMore(triple, request)) return undefined;
    const statement = statements.withSnapshot(triple, 'one');
    if (statement === undefined) return undefined;
    const { rows } = await database.query('read', named(statement.for([request]), current));
    const [facts] = statement.readByRoot(rows, [request]);
    const [row] = rows;
    if (row === undefined || facts === undefined) throw severalRows();
    return { facts, snapshot: row['snapshot'], isReplica: row['isReplica'] !== false };
  };

  const load = async (
    { request, triple }: FactQuestion,
    bundle: CheckedBundle,
    purpose: 'auth' | 'read',
  ): Promise<FactView> => {
    const facts = new LoadedFacts(bundle);
    const described = describe(bundle);
    const { statements, generation: current } = described instanceof Promise ? await described : described;
    const statement = statements.of(triple, [request], 'one');
    if (statement === undefined) return facts;
    const { rows } = await database.query(purpose, named(statement.for([request]), current));
    statement.read(rows, [request], facts);
    return facts;
  };

  const together = async (
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    purpose: 'auth' | 'read',
  ): Promise<LoadedTogether> => {
    const described = describe(bundle);
    const { statements, generation: current } = described instanceof Promise ? await described : described;
    return loadTogether(statements, questions, bundle, async (asked) => {
      const [only, ...more] = asked.map((statement) => named(statement, current));
      if (only === undefined || more.length > 0)
        return database.readTogether(
          purpose,
          asked.map((statement) => named(statement, current)),
        );
      return [(await database.query(purpose, only)).rows];
    });
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
  const loadAllOf: DatabaseFactStore['loadTogether'] = (questions, bundle, purpose) =>
    withTables(bundle, () => together(questions, bundle, purpose));

  return {
    load: (request, triple, bundle, wish) =>
      withTables(bundle, () => load({ request, triple }, bundle, purposeOf(wish))),
    async loadAll(questions, bundle, wish) {
      const { facts } = await loadAllOf(questions, bundle, purposeOf(wish));
      return facts.map(viewOf);
    },
    loadByRoot: (question, bundle) => withTables(bundle, () => loadByRoot(question, bundle)),
    loadTogether: loadAllOf,
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

/** Where a question with such a wish is asked: what it demands, a replica need not show yet. */
export function purposeOf(wish: FactWish | undefined): 'auth' | 'read' {
  return wish?.consistency === undefined ? 'read' : 'auth';
}

/** What was found of a question, from wherever. */
export function viewOf(facts: LoadedTogether['facts'][number]): FactView {
  return facts instanceof LoadedFacts ? facts : new PairedFacts(facts.subject, facts.resource);
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
