-- Up Migration

-- By this secret instances prove to each other that they wrote what is in the levels that they share. Whoever may read it may
-- make up facts there: it is for the accounts that instances use, and for nobody else.
create table velro_state.cache_secret (
  is_only boolean primary key default true check (is_only),
  secret bytea not null check (octet_length(secret) >= 32)
);
insert into velro_state.cache_secret (secret)
values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

-- One life of this database: unlogged, so that it is empty after a crash, on a server that was a replica, and after a restore.
-- Then transactions may get numbers that others had before, and what was kept by those is void. Instances write the next.
create unlogged table velro_state.cache_life (
  is_only boolean primary key default true check (is_only),
  life uuid not null default gen_random_uuid()
);
insert into velro_state.cache_life default values;

-- Down Migration

drop table velro_state.cache_life;
drop table velro_state.cache_secret;
