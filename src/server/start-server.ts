import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Configuration, dataPaths } from './config/configuration.ts';
import { prepareFolder } from './config/data-folder.ts';
import { expectExamination } from './policies/examine-apart.ts';
import type { Clock, Ports } from './ports.ts';
import { isToBeMade } from './store/embedded/embedded-database.ts';
import { loadRunner } from './store/migrate.ts';
import { openDatabase } from './store/open-database.ts';

export interface ServerOptions {
  readonly configuration: Configuration;
  /**
   * Folder of the bundle. It answers where it is watched and where facts come from a file; otherwise what was activated in
   * the database does, and the folder is the first version of an empty one.
   */
  readonly policies: string;
  /** Facts as JSON Lines; without them they are in the database. */
  readonly facts?: string | undefined;
  /** Load what changes on disk; an edit that does not check is reported, and the running bundle stays. */
  readonly watch: boolean;
  /** Gets what people at the terminal should read, such as findings; standard error unless given. */
  readonly report?: (text: string) => void;
  /** Whether what is reported may be coloured. */
  readonly color?: boolean;
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Milliseconds; see `StopPace`. */
  readonly grace?: number;
  readonly longest?: number;
  /** For whoever embeds the server: replaces ports, or stands in front of them. */
  readonly adapt?: (ports: Ports) => Ports;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:3010`. */
  readonly url: string;
  /** Path of the file with the API key; undefined when the environment gave it. */
  readonly keyFile: string | undefined;
  readonly policy: {
    readonly version: string;
    readonly digest: string;
    readonly layers: number;
    /** Its number among the published versions; undefined where the folder answers. */
    readonly published?: number | undefined;
  };
  /** Where the database is and what it promises, in a line. */
  readonly database: string;
  /** Stops gracefully: requests under way are answered, the audit log is written. Repeated calls wait for the first. */
  close(): Promise<void>;
}

/** Starts a server. Throws a `StartError`, written for its operator, when policies, facts, key or port do not allow it. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { configuration } = options;
  const { folder } = dataPaths(configuration.data);
  await prepareFolder(folder);
  const database = await openDatabase(configuration.database, folder);
  let isNew = false;
  try {
    // The embedded one opens in a thread of its own, which takes longest: it begins before the rest is loaded, which lets
    // nothing else run.
    if (options.facts === undefined && !options.watch) {
      isNew = database.kind === 'embedded' && isToBeMade(folder);
      database.query('admin', { text: 'select 1' }).catch(() => {});
      await turnOfOthers();
      if (isNew) {
        // What is made will be migrated, and gets the bundle of the folder as its first version.
        expectExamination();
        loadRunner().catch(() => {});
      }
    }
    const { serveOver } = await import('./serve-over.ts');
    return await serveOver(database, options, isNew);
  } catch (error) {
    await database.close();
    throw error;
  }
}
