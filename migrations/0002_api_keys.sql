-- Up Migration

-- Keys of callers. Only the SHA-256 of a key is kept.
create table velro_state.api_keys (
  id uuid primary key,
  name text not null,
  digest bytea not null unique check (octet_length(digest) = 32),
  scopes text[] not null check (scopes <@ array['decide', 'plan', 'admin', 'audit']),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Down Migration

drop table velro_state.api_keys;
