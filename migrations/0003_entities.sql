-- Up Migration

-- Entities that the policy declares as stored, and stored attributes of mapped ones. `revision` grows with each write.
create table velro_state.entities (
  type text not null,
  id text not null,
  attributes jsonb not null check (jsonb_typeof(attributes) = 'object'),
  revision bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (type, id)
);

-- Down Migration

drop table velro_state.entities;
