-- Up Migration

-- Materialized views over the tables of the reference domain, for searches and reports. They are as old as their last
-- refresh, so no verdict ever reads them. Where those tables are somebody's own, there are no views.
do $$
begin
  if obj_description(to_regclass('generations'), 'pg_class') is distinct from 'velro: reference domain' then
    return;
  end if;

  -- What each generation grew from, at most ten steps away; a cycle ends there too.
  create materialized view velro_state.lineage as
    with recursive walk as (
      select id as generation_id, parent_generation_id as ancestor_id, 1 as depth
      from generations
      where parent_generation_id is not null
      union all
      select walk.generation_id, parent.parent_generation_id, walk.depth + 1
      from walk
      join generations parent on parent.id = walk.ancestor_id
      where parent.parent_generation_id is not null and walk.depth < 10
    )
    select generation_id, ancestor_id, min(depth) as depth
    from walk
    group by generation_id, ancestor_id;
  create unique index lineage_key on velro_state.lineage (generation_id, ancestor_id);
  create index lineage_ancestor_id on velro_state.lineage (ancestor_id);

  -- The best standing of each user in each team and project: by ownership, by membership, by a team that is attached.
  create materialized view velro_state.effective_permissions as
    with standing (user_id, resource_type, resource_id, role, access_level) as (
      select owner_id, 'team', id, 'owner', null from teams where is_active
      union all
      select member.user_id, 'team', member.team_id, member.role, null
      from team_members member
      join teams team on team.id = member.team_id and team.is_active
      where member.is_active
      union all
      select owner_id, 'project', id, 'owner', null from projects
      union all
      select member.user_id, 'project', project.id, member.role, null
      from projects project
      join teams team on team.id = project.team_id and team.is_active
      join team_members member on member.team_id = team.id and member.is_active
      union all
      select member.user_id, 'project', attached.project_id, null, attached.access_level
      from project_teams attached
      join teams team on team.id = attached.team_id and team.is_active
      join team_members member on member.team_id = team.id and member.is_active
    )
    select
      user_id,
      resource_type,
      resource_id,
      (array['viewer', 'contributor', 'editor', 'admin', 'owner'])[
        max(array_position(array['viewer', 'contributor', 'editor', 'admin', 'owner'], role))
      ] as role,
      (array['read', 'write', 'admin'])[max(array_position(array['read', 'write', 'admin'], access_level))] as access_level
    from standing
    group by user_id, resource_type, resource_id;
  create unique index effective_permissions_key
    on velro_state.effective_permissions (user_id, resource_type, resource_id);
  create index effective_permissions_resource on velro_state.effective_permissions (resource_type, resource_id);
end $$;

-- Down Migration

drop materialized view if exists velro_state.effective_permissions;
drop materialized view if exists velro_state.lineage;
