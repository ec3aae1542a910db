import pg from 'pg';
import type { Diagnostic } from '../../src/dsl/diagnostics/diagnostic.ts';
import { sessionOf } from '../../src/server/store/pool.ts';
import { checkMapping } from '../../src/server/store/schema/check-mapping.ts';
import { checkText } from './load.ts';
import { createTestDatabase, sharedPostgres } from './postgres-database.ts';

/** What is found when policies are held against tables, in a database that these statements make and that is gone afterwards. */
export async function findMismatches(tables: string, policies: string): Promise<readonly Diagnostic[]> {
  const bundle = checkText(policies);
  const server = await sharedPostgres();
  const { name, url } = await createTestDatabase(server);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // One session, since the statements may change what holds for it.
    const session = sessionOf(client);
    await session.run(tables);
    return await checkMapping(bundle, { query: (_purpose, statement) => session.query(statement) });
  } finally {
    await client.query('reset role');
    await client.end();
    await server.run(`drop database ${name} with (force)`);
  }
}

/** A bundle of these entities, which asks for nothing of them. */
export function bundleOf(entities: string): string {
  return `${entities}
entity somebody supplied { name: string }
entity something supplied { name: string }
action see on something by somebody
require access
layer 1 only version 1 grants access
permit everybody: see on something when true
`;
}
