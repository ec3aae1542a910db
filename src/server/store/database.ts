/** The port to the database: the same for a PostgreSQL behind pools and for the embedded one. */

/** What a use of the database is for; each has a pool of its own, so that none of them can starve another. */
export const PURPOSES = ['auth', 'read', 'write', 'analytics', 'admin', 'batch'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A statement with its parameters, which are always bound and never part of the text. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly Parameter[];
  /** Prepares the statement under this name, once a connection. The same name always has the same text. */
  readonly name?: string;
}

/** Arrays become arrays of the database, and other objects JSON; an array that is meant as JSON is sent as its text. */
export type Parameter =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly Parameter[]
  | { readonly [key: string]: unknown };

/** A row by column, its values as `rowValueOf` makes them; NULL is null. */
export type Row = Readonly<Record<string, unknown>>;

export interface Result<R extends Row = Row> {
  readonly rows: readonly R[];
  /** Rows that the statement wrote, or returned. */
  readonly count: number;
}

/** Where statements run one after the other. */
export interface Session {
  /** Rejects with the error of the database, whose `code` is its SQLSTATE, or with a `DatabaseUnavailable`. */
  query<R extends Row = Row>(statement: Statement): Promise<Result<R>>;
  /** Runs a script: any number of statements, without parameters. Gives the rows of the last. */
  run(script: string): Promise<readonly Row[]>;
  /** Loads rows into a table: pieces of the text format of COPY, each of whole lines. The quickest way there is. */
  copy(table: string, columns: readonly string[], pieces: Iterable<string>): Promise<void>;
}

export interface TransactionOptions {
  /** Read committed unless given. */
  readonly isolation?: 'repeatable read' | 'serializable';
}

/** Stops listening. */
export type Unlisten = () => Promise<void>;

export interface Database {
  /** Where it is, for operators. */
  readonly kind: 'embedded' | 'postgresql';
  /** Runs one statement through the pool of its purpose. `read` and `analytics` only read, perhaps from a replica. */
  query<R extends Row = Row>(purpose: Purpose, statement: Statement): Promise<Result<R>>;
  /** Lends a session to work that begins and ends transactions itself, or sets what holds for a session. */
  session<T>(purpose: Purpose, work: (session: Session) => Promise<T>): Promise<T>;
  /** Runs statements as one transaction, which is undone when the work rejects. */
  transaction<T>(
    purpose: Purpose,
    work: (session: Session) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /**
   * Runs statements that only read, all of which see one state; gives the rows of each. Over a network they are sent
   * together, so that they take one round trip.
   */
  readTogether(
    purpose: 'auth' | 'read',
    statements: readonly Statement[],
  ): Promise<readonly (readonly Row[])[]>;
  /**
   * Tells of every notification of a channel, across losses of the connection; `onGap` is called when some may have been
   * missed, and at the beginning.
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap: () => void): Promise<Unlisten>;
  status(): DatabaseStatus;
  /** Ends all connections; what is under way gets a moment to end, and is cut. */
  close(): Promise<void>;
}

/** How a pool is doing: as it should; slow; not answering; given up on until it is tried again. */
export type PoolState = 'healthy' | 'degraded' | 'critical' | 'open';

export interface PoolStatus {
  readonly state: PoolState;
  /** Connections that may be, that are, that do nothing, and requests that wait for one. */
  readonly most: number;
  readonly connections: number;
  readonly idle: number;
  readonly waiting: number;
  /** Milliseconds that the last probe took; undefined before the first. */
  readonly latency?: number;
}

export interface ReplicaStatus {
  /** Whether reads go there now. */
  readonly isFresh: boolean;
  /** What was committed so many milliseconds ago is there for certain; undefined before the first proof. */
  readonly behind?: number;
}

export interface DatabaseStatus {
  readonly kind: Database['kind'];
  /** Of PostgreSQL, such as `15.18`; undefined while an embedded one is not open. */
  readonly version?: string;
  readonly pools: Readonly<Record<string, PoolStatus>>;
  /** Of the replica, if the read pool has one. */
  readonly replica?: ReplicaStatus;
}
