-- Up Migration

-- Kept decisions, shared by all instances. Unlogged: after a crash it is empty, which costs time and nothing else.
create unlogged table velro_state.decision_cache (
  key bytea primary key,
  entry jsonb not null,
  -- The keys of everything that was looked up, found or not.
  tags text[] not null,
  -- What the entry was computed from.
  snapshot pg_snapshot not null,
  expires_at timestamptz not null
);
create index decision_cache_tags on velro_state.decision_cache using gin (tags);
create index decision_cache_expires_at on velro_state.decision_cache (expires_at);

-- Down Migration

drop table velro_state.decision_cache;
