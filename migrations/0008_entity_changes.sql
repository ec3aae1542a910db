-- Up Migration

-- Tells of changes of stored entities on the channel `velro_facts`, as the triggers of `velro schema install` do of those of
-- mapped tables: {"type", "id", "xid"}, without `id` of all of a type, without `type` of all. It reads the rows of the
-- statement and nothing else; whatever fails tells of everything instead of failing the write.
create function velro_state.tell_of_entities() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  told text[] := '{}';
  everything boolean := tg_op = 'TRUNCATE';
begin
  begin
    if tg_op = 'INSERT' then
      told := array(
        select json_build_object('type', type, 'id', id, 'xid', pg_current_xact_id()::text)::text
        from velro_new
        limit 1001
      );
    elsif tg_op = 'DELETE' then
      told := array(
        select json_build_object('type', type, 'id', id, 'xid', pg_current_xact_id()::text)::text
        from velro_old
        limit 1001
      );
    elsif tg_op = 'UPDATE' then
      told := array(
        select json_build_object('type', type, 'id', id, 'xid', pg_current_xact_id()::text)::text
        from (select type, id from velro_old union select type, id from velro_new) changed
        limit 1001
      );
    end if;
    -- Too many for one by one, or one that no notification can hold.
    if cardinality(told) > 1000 or exists (select from unnest(told) one(payload) where octet_length(payload) > 7900) then
      if tg_op = 'INSERT' then
        told := array(select distinct type from velro_new limit 1001);
      elsif tg_op = 'DELETE' then
        told := array(select distinct type from velro_old limit 1001);
      else
        told := array(select type from velro_old union select type from velro_new limit 1001);
      end if;
      everything := cardinality(told) > 1000
        or exists (select from unnest(told) one(type) where octet_length(type) > 1000);
      told := array(
        select json_build_object('type', type, 'xid', pg_current_xact_id()::text)::text from unnest(told) one(type)
      );
    end if;
  exception when others then
    everything := true;
  end;
  if everything then
    told := array[json_build_object('xid', pg_current_xact_id()::text)::text];
  end if;
  perform pg_notify('velro_facts', payload) from unnest(told) one(payload);
  return null;
end $$;

create trigger velro_told_of_insert after insert on velro_state.entities
  referencing new table as velro_new
  for each statement execute function velro_state.tell_of_entities();
create trigger velro_told_of_update after update on velro_state.entities
  referencing old table as velro_old new table as velro_new
  for each statement execute function velro_state.tell_of_entities();
create trigger velro_told_of_delete after delete on velro_state.entities
  referencing old table as velro_old
  for each statement execute function velro_state.tell_of_entities();
create trigger velro_told_of_truncate after truncate on velro_state.entities
  for each statement execute function velro_state.tell_of_entities();
alter table velro_state.entities enable always trigger velro_told_of_insert;
alter table velro_state.entities enable always trigger velro_told_of_update;
alter table velro_state.entities enable always trigger velro_told_of_delete;
alter table velro_state.entities enable always trigger velro_told_of_truncate;

-- Down Migration

drop trigger velro_told_of_truncate on velro_state.entities;
drop trigger velro_told_of_delete on velro_state.entities;
drop trigger velro_told_of_update on velro_state.entities;
drop trigger velro_told_of_insert on velro_state.entities;
drop function velro_state.tell_of_entities();
