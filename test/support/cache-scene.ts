import { createSecretKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createCachedFactStore } from '../../src/server/cache/cached-fact-store.ts';
import type { CachedFactStore, Safeguard } from '../../src/server/cache/fact-cache.ts';
import { GuardedLevel } from '../../src/server/cache/shared/guarded-level.ts';
import type { SharedLevel } from '../../src/server/cache/shared/shared-level.ts';
import { readConfiguration } from '../../src/server/config/configuration.ts';
import { createDecisionService, type DecisionService } from '../../src/server/decide/decision-service.ts';
import {
  createDatabaseFactStore,
  type DatabaseFactStore,
} from '../../src/server/facts/database-fact-store.ts';
import type { Ports } from '../../src/server/ports.ts';
import { installWatches } from '../../src/server/store/schema/install-watches.ts';
import { eventually } from './eventually.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** People, teams and items in tables. Of a read a permit is kept for a while, and a denial for less. */
export const CACHE_BUNDLE: Readonly<Record<string, string>> = {
  'schema.velro': `
enum team_role ordered { viewer, editor, admin }
enum account_status { active, suspended }
entity person from table people {
  status: account_status
  name: string?
  teams: map<team, team_role> from memberships(person_id, team_id, role) where is_active
}
entity team from table teams { open: bool }
entity item from table items {
  owner: person from owner_id
  team: team? from team_id
  parent: item? from parent_id
  ancestors: set<item> = closure(parent, depth 5)
}
entity service supplied { name: string }
context { note: string? }
action read, update, open, delete on item by person
action create on item by person new
require access
`,
  'access.velro': `
layer 1 access version 1 grants access
permit owner: read, update, open, delete on item when resource.owner == subject
permit member: read, update on item
  when has resource.team and subject.teams[resource.team] >= viewer
permit heir: read on item
  when any one in resource.ancestors: (has one.team and subject.teams[one.team] >= viewer)
permit open_team: open on item when has resource.team and resource.team.open
permit creator: create on item when resource.owner == subject
forbid suspended: any on any
  when subject.status == suspended
forbid frozen: read, update, open, delete on item
  when exists resource.owner and resource.owner.status == suspended
`,
  'timing.velro': `
layer 7 timing version 1
cache permit: read, update, create on any for 1h stale 10m
cache permit: open on any for 600ms
cache deny: read, update, create, open on any for 1h
cache deny: open on any for 1h
never cache: delete on any
`,
};

/** The same, where instances share facts for actions other than those of short lives. */
export const SHARED_BUNDLE: Readonly<Record<string, string>> = {
  ...CACHE_BUNDLE,
  'timing.velro': `
layer 7 timing version 1
cache permit: read, update, create on any for 10m shared 1h stale 1m
cache permit: open on any for 1h
cache deny: read, update, create, open on any for 10m shared 20m
never cache: delete on any
`,
};

export const CACHE_TABLES = `
create table people (id text primary key, status text not null default 'active', name text);
create table teams (id text primary key, open boolean not null default false);
create table memberships (
  person_id text not null, team_id text not null, role text not null, is_active boolean not null default true,
  primary key (person_id, team_id)
);
create table items (id text primary key, owner_id text not null, team_id text, parent_id text);
insert into people (id) values ('ann'), ('ben'), ('cat');
insert into teams (id) values ('red'), ('blue');
insert into memberships values ('ann', 'red', 'editor'), ('ben', 'blue', 'viewer');
insert into items values
  ('root', 'cat', 'red', null), ('child', 'cat', null, 'root'), ('grandchild', 'cat', null, 'child'),
  ('other', 'cat', 'blue', null), ('own', 'ben', null, null);
`;

export interface CacheServerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly without?: readonly Safeguard[];
  /** Waits after the facts of a question were loaded. */
  readonly slow?: () => Promise<void> | undefined;
  readonly watch?: boolean;
  readonly bundle?: Readonly<Record<string, string>>;
  readonly clock?: Ports['clock'];
  /** Levels that it shares with others; it closes them. They have as long to answer as they like, unless said otherwise. */
  readonly levels?: readonly SharedLevel[];
  readonly levelTimeout?: number;
  /** The data folder, with the embedded database where no other is named. */
  readonly data?: string;
}

/** A server that keeps facts, and what its decisions are made with. */
export interface CacheServer extends TestServer {
  readonly ports: Ports;
  readonly cache: CachedFactStore;
  readonly decisions: DecisionService;
  /** The verdict and how its facts came to be known, without HTTP. */
  ask(person: string, action: string, item: string): Promise<Asked>;
  /** Waits until kept facts may be used. */
  settled(): Promise<void>;
}
export interface Asked {
  /** Undefined where there was no answer. */
  readonly permitted: boolean | undefined;
  readonly source: string | undefined;
}

/** A machine that is busy with tests must not look like a level that does not answer. */
const LEVEL_TIMEOUT = 5_000;

/** Starts a server over a database that has the tables; the caller stops it with `stopTestServers`. */
export async function startCacheServer(
  url: string | undefined,
  options: CacheServerOptions = {},
): Promise<CacheServer> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-cache-'));
  mkdirSync(join(folder, 'policies'));
  for (const [name, text] of Object.entries(options.bundle ?? CACHE_BUNDLE))
    writeFileSync(join(folder, 'policies', name), text);
  let ports: Ports | undefined;
  let cache: CachedFactStore | undefined;
  const log = pino({ level: 'silent' });
  const server = await startTestServer(
    {
      configuration: readConfiguration(
        { VELRO_DATABASE_URL: url ?? '', VELRO_CACHE: 'off', ...options.environment },
        { port: 0, data: options.data ?? join(folder, 'data') },
      ),
      facts: undefined,
      watch: options.watch ?? false,
      ...(options.clock && { clock: options.clock }),
      adapt(given) {
        const store = slowed(createDatabaseFactStore({ database: given.database, log }), options.slow);
        const bounds = {
          entries: Number(options.environment?.['VELRO_CACHE_ENTRIES'] ?? 10_000),
          bytes: Number(options.environment?.['VELRO_CACHE_BYTES'] ?? 2 ** 26),
        };
        cache = createCachedFactStore({
          store,
          database: given.database,
          clock: given.clock,
          answers: (bundle) => given.bundles.current().engine.bundle === bundle,
          bounds,
          log,
          without: new Set(options.without),
          ...(options.levels && {
            shared: {
              levels: options.levels.map(
                (one) => new GuardedLevel(one, options.levelTimeout ?? LEVEL_TIMEOUT),
              ),
              digestOf: (bundle) => {
                const { engine, digest } = given.bundles.current();
                return engine.bundle === bundle ? digest : undefined;
              },
            },
          }),
        });
        ports = { ...given, facts: cache, cache };
        return ports;
      },
    },
    folder,
  );
  if (ports === undefined || cache === undefined) throw new Error('the server took no ports');
  const made = { ports, cache };
  await cache.start(ports.bundles.current().engine.bundle);
  const decisions = createDecisionService(ports, { auditSecret: createSecretKey(Buffer.alloc(32, 1)) });
  const about = { requestId: 'test', traceId: undefined, caller: undefined };
  return {
    ...server,
    ...made,
    decisions,
    async ask(person, action, item) {
      const outcome = await decisions.decide(
        {
          subject: { type: 'person', id: person },
          action: { name: action },
          resource: { type: 'item', id: item },
        },
        about,
      );
      return outcome.ok
        ? { permitted: outcome.answer.decision, source: outcome.source }
        : { permitted: undefined, source: undefined };
    },
    settled: () =>
      eventually(
        'kept facts are trusted',
        () => {
          const { isTrusted, watched, shared } = made.cache.status();
          return isTrusted && watched.length > 0 && shared?.isOpen !== false;
        },
        () => JSON.stringify(made.cache.status()),
      ),
  };
}

function slowed(store: DatabaseFactStore, slow: CacheServerOptions['slow']): DatabaseFactStore {
  if (slow === undefined) return store;
  return {
    ...store,
    async loadByRoot(question, bundle) {
      const loaded = await store.loadByRoot(question, bundle);
      await slow();
      return loaded;
    },
  };
}

/** Makes the tables tell of their changes, as `velro schema install` does. */
export async function watchTables(server: Pick<CacheServer, 'ports'>): Promise<void> {
  await installWatches(server.ports.database, server.ports.bundles.current().engine.bundle);
}
