-- Up Migration

-- Every write has a revision that no other ever has: what is deleted and made again is not taken for what it was.
create sequence velro_state.entity_revisions;

-- Entities that the policy declares as stored, and stored attributes of mapped ones. `revision` grows with each write.
create table velro_state.entities (
  type text not null,
  id text not null,
  attributes jsonb not null check (jsonb_typeof(attributes) = 'object'),
  revision bigint not null default nextval('velro_state.entity_revisions'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (type, id)
);

-- Down Migration

drop table velro_state.entities;
drop sequence velro_state.entity_revisions;
