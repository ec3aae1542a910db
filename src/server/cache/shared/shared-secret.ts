import type { Database } from '../../store/database.ts';

/** The secret by which instances prove to each other what they wrote; rejects where it cannot be read. */
export async function readSecret(database: Database): Promise<Uint8Array> {
  const { rows } = await database.query('auth', { text: 'select secret from velro_state.cache_secret' });
  const secret = rows[0]?.['secret'];
  if (!(secret instanceof Uint8Array) || secret.length < SHORTEST)
    throw new Error('velro_state.cache_secret holds no secret of 32 bytes');
  return secret;
}

/** Names the life of the database that has begun; whoever comes first does. */
export async function nameLife(database: Database): Promise<void> {
  await database.query('admin', {
    text: 'insert into velro_state.cache_life default values on conflict do nothing',
  });
}

const SHORTEST = 32;
