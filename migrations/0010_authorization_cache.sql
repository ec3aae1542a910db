-- Up Migration

-- What instances keep of facts for each other. Nothing was ever written to the table of before. Unlogged: after a crash it is
-- empty, which costs time and nothing else.
drop table velro_state.decision_cache;
create unlogged table velro_state.authorization_cache (
  -- Digest of what the slice hangs on.
  key bytea primary key,
  -- With a proof that an instance wrote it under this key.
  entry bytea not null,
  -- Digests of the records that it holds, found or not, and of their types.
  tags text[] not null,
  -- What it was loaded by.
  snapshot pg_snapshot not null,
  expires_at timestamptz not null
);
-- Every change is looked for here: what is put waits in no list that each of these looks would read.
create index authorization_cache_tags on velro_state.authorization_cache using gin (tags) with (fastupdate = off);
create index authorization_cache_expires_at on velro_state.authorization_cache (expires_at);

-- Down Migration

drop table velro_state.authorization_cache;
create unlogged table velro_state.decision_cache (
  key bytea primary key,
  entry jsonb not null,
  tags text[] not null,
  snapshot pg_snapshot not null,
  expires_at timestamptz not null
);
create index decision_cache_tags on velro_state.decision_cache using gin (tags);
create index decision_cache_expires_at on velro_state.decision_cache (expires_at);
