-- Up Migration

-- Bundles by their content, each published as a version; which version answered when, and who decided so.

create table velro_state.policy_bundles (
  digest text primary key check (digest ~ '^sha256:[0-9a-f]{64}$'),
  -- The files by path.
  files jsonb not null,
  created_at timestamptz not null default now()
);

create table velro_state.policy_versions (
  version bigint generated always as identity primary key,
  digest text not null references velro_state.policy_bundles,
  -- The version of each layer by its name.
  layers jsonb not null,
  -- Ed25519, with the id of the key that it was made with.
  signature bytea,
  key_id text,
  published_by text not null,
  published_at timestamptz not null default now(),
  check ((signature is null) = (key_id is null))
);
create index policy_versions_digest on velro_state.policy_versions (digest);

-- The newest row says what answers.
create table velro_state.policy_activations (
  id bigint generated always as identity primary key,
  version bigint not null references velro_state.policy_versions,
  previous bigint references velro_state.policy_versions,
  activated_by text not null,
  activated_at timestamptz not null default now(),
  -- What changed, rule by rule.
  changes jsonb not null default '[]'
);

-- Down Migration

drop table velro_state.policy_activations;
drop table velro_state.policy_versions;
drop table velro_state.policy_bundles;
