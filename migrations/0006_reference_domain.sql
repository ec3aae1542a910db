-- Up Migration

-- The tables that the bundle in policies/ maps. Where one of these names is taken already it is somebody's own: then none
-- of them is made. What was made here bears a comment, and only that is ever dropped.
do $$
declare
  name text;
  tables constant text[] := array['users', 'teams', 'team_members', 'projects', 'project_teams', 'generations', 'media'];
begin
  foreach name in array tables loop
    if to_regclass(format('%I', name)) is not null then
      raise notice 'table % is there already: the tables of the reference domain are not made', name;
      return;
    end if;
  end loop;

  create table users (
    id uuid primary key,
    status text not null check (status in ('active', 'suspended', 'banned')),
    roles text[] not null default '{}',
    plan text not null check (plan in ('free', 'pro', 'enterprise')),
    email text not null,
    created_at timestamptz not null
  );

  create table teams (
    id uuid primary key,
    owner_id uuid not null references users,
    name text not null,
    is_active boolean not null default true
  );
  create index teams_owner_id on teams (owner_id);

  create table team_members (
    user_id uuid not null references users,
    team_id uuid not null references teams,
    role text not null check (role in ('viewer', 'contributor', 'editor', 'admin', 'owner')),
    is_active boolean not null default true,
    primary key (user_id, team_id)
  );
  create index team_members_team_id on team_members (team_id);

  create table projects (
    id uuid primary key,
    owner_id uuid not null references users,
    team_id uuid references teams,
    visibility text not null check (visibility in ('private', 'team', 'public')),
    is_archived boolean not null default false
  );
  create index projects_owner_id on projects (owner_id);
  create index projects_team_id on projects (team_id);

  create table project_teams (
    project_id uuid not null references projects,
    team_id uuid not null references teams,
    access_level text not null check (access_level in ('read', 'write', 'admin')),
    primary key (project_id, team_id)
  );
  create index project_teams_team_id on project_teams (team_id);

  create table generations (
    id uuid primary key,
    owner_id uuid not null references users,
    project_id uuid references projects,
    team_id uuid references teams,
    parent_generation_id uuid references generations,
    lineage text not null check (lineage in ('original', 'improve', 'iterate', 'fork', 'remix')),
    visibility text not null check (visibility in ('private', 'team', 'public')),
    status text not null check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    kind text not null check (kind in ('image', 'video', 'audio')),
    created_at timestamptz not null
  );
  create index generations_owner_id on generations (owner_id);
  create index generations_project_id on generations (project_id);
  create index generations_team_id on generations (team_id);
  create index generations_parent_generation_id on generations (parent_generation_id);

  create table media (
    id uuid primary key,
    generation_id uuid not null references generations,
    owner_id uuid not null references users,
    bucket text not null,
    path text not null,
    mime_type text not null,
    size_bytes bigint not null check (size_bytes >= 0),
    sha256 text not null,
    expires_at timestamptz
  );
  create index media_generation_id on media (generation_id);
  create index media_owner_id on media (owner_id);
  create index media_path on media (bucket, path);

  foreach name in array tables loop
    execute format('comment on table %I is %L', name, 'velro: reference domain');
  end loop;
end $$;

-- Down Migration

do $$
declare
  name text;
begin
  foreach name in array array['media', 'generations', 'project_teams', 'projects', 'team_members', 'teams', 'users'] loop
    if obj_description(to_regclass(format('%I', name)), 'pg_class') = 'velro: reference domain' then
      execute format('drop table %I', name);
    end if;
  end loop;
end $$;
