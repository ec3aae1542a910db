-- Up Migration

-- Where to find records of the audit log, by what people ask for. A partition holds a month (UTC).
create table velro_state.audit_index (
  at timestamptz not null,
  id uuid not null,
  level text not null,
  decision boolean not null,
  code text not null,
  subject_type text,
  subject_id text,
  action text,
  resource_type text,
  resource_id text,
  layer text,
  rule text,
  policy_digest text not null,
  request_id text,
  -- The segment that holds the record, and the byte at which it begins there.
  segment text not null,
  position bigint not null,
  primary key (at, id)
) partition by range (at);
create index audit_index_id on velro_state.audit_index (id);
create index audit_index_subject on velro_state.audit_index (subject_type, subject_id, at);
create index audit_index_resource on velro_state.audit_index (resource_type, resource_id, at);

-- Makes the partition of the month that an instant lies in, unless it is there; returns its name.
create function velro_state.ensure_audit_partition(instant timestamptz) returns text
language plpgsql as $$
declare
  month timestamp := date_trunc('month', instant at time zone 'UTC');
  name text := 'audit_index_' || to_char(month, 'YYYY_MM');
begin
  execute format(
    'create table if not exists velro_state.%I partition of velro_state.audit_index for values from (%L) to (%L)',
    name, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
  );
  return name;
end $$;

select velro_state.ensure_audit_partition(now()), velro_state.ensure_audit_partition(now() + interval '1 month');

-- Down Migration

drop function velro_state.ensure_audit_partition(timestamptz);
drop table velro_state.audit_index;
