-- Up Migration

-- Bundles by their content, each published as a version; which version answered when, and who decided so.

create table velro_state.policy_bundles (
  -- Of the files below: whoever reads them works it out again.
  digest text primary key check (digest ~ '^sha256:[0-9a-f]{64}$'),
  -- The text of each file by its path.
  files jsonb not null check (jsonb_typeof(files) = 'object'),
  created_at timestamptz not null default now()
);

-- The same content is the same version.
create table velro_state.policy_versions (
  version bigint generated always as identity primary key,
  digest text not null unique references velro_state.policy_bundles,
  -- The layers in their order: number, name, version.
  layers jsonb not null check (jsonb_typeof(layers) = 'array'),
  published_by text not null,
  published_at timestamptz not null default now()
);

-- Who vouches for a content. Several may, so that keys can be replaced.
create table velro_state.policy_signatures (
  digest text not null references velro_state.policy_bundles,
  key_id text not null,
  -- Ed25519.
  signature bytea not null check (octet_length(signature) = 64),
  signed_by text not null,
  signed_at timestamptz not null default now(),
  primary key (digest, key_id)
);

-- The newest row says what answers.
create table velro_state.policy_activations (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('activate', 'rollback')),
  version bigint not null references velro_state.policy_versions,
  -- The version that answered before.
  previous bigint references velro_state.policy_versions,
  -- The activation that a rollback of this one goes back to.
  back bigint references velro_state.policy_activations,
  activated_by text not null,
  activated_at timestamptz not null default now(),
  -- What changed, declaration by declaration.
  changes jsonb not null
);

-- Down Migration

drop table velro_state.policy_activations;
drop table velro_state.policy_signatures;
drop table velro_state.policy_versions;
drop table velro_state.policy_bundles;
