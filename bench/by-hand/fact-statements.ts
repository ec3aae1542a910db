/** One way of asking, and the statement that somebody who knows the rules would write for its facts. */
export interface FactStatementByHand {
  readonly action: string;
  readonly resource: string;
  /** `$1` is the user, `$2` the resource. */
  readonly text: string;
}

const TEAMS = `(select json_object_agg(m.team_id, m.role) from team_members m
    where m.user_id = u.id and m.is_active) as teams`;
const ATTACHED = `(select json_agg(json_build_array(a.team_id, a.access_level, at.is_active))
    from project_teams a join teams at on at.id = a.team_id where a.project_id = p.id) as attached`;

export const FACT_STATEMENTS_BY_HAND: readonly FactStatementByHand[] = [
  {
    action: 'read',
    resource: 'generation',
    text: `select u.status, u.roles, u.plan, u.created_at, ${TEAMS},
    g.owner_id, g.project_id, g.team_id, g.parent_generation_id, g.visibility, g.status as generation_status,
    o.status as owner_status, t.is_active as team_active, p.team_id as project_team_id,
    pt.is_active as project_team_active, ${ATTACHED},
    (with recursive walk(id, owner_id, parent_id, depth) as (
       select a.id, a.owner_id, a.parent_generation_id, 1 from generations a where a.id = g.parent_generation_id
       union all
       select a.id, a.owner_id, a.parent_generation_id, w.depth + 1
       from walk w join generations a on a.id = w.parent_id where w.depth < 10)
     select json_agg(json_build_array(id, owner_id, parent_id)) from walk) as ancestors
  from users u
  join generations g on g.id = $2
  left join users o on o.id = g.owner_id
  left join teams t on t.id = g.team_id
  left join projects p on p.id = g.project_id
  left join teams pt on pt.id = p.team_id
  where u.id = $1`,
  },
  {
    action: 'download',
    resource: 'media',
    text: `select u.status, u.roles, u.plan, u.created_at, ${TEAMS},
    f.generation_id, f.owner_id, f.path, f.mime_type, f.size_bytes, f.expires_at, o.status as owner_status,
    g.owner_id as generation_owner_id, g.project_id, g.team_id, g.visibility, g.status as generation_status, g.kind,
    t.is_active as team_active, p.team_id as project_team_id, pt.is_active as project_team_active, ${ATTACHED}
  from users u
  join media f on f.id = $2
  left join users o on o.id = f.owner_id
  left join generations g on g.id = f.generation_id
  left join teams t on t.id = g.team_id
  left join projects p on p.id = g.project_id
  left join teams pt on pt.id = p.team_id
  where u.id = $1`,
  },
  {
    action: 'update',
    resource: 'project',
    text: `select u.status, u.roles, u.plan, u.created_at, ${TEAMS},
    p.owner_id, p.team_id, p.visibility, o.status as owner_status, t.is_active as team_active, ${ATTACHED}
  from users u
  join projects p on p.id = $2
  left join users o on o.id = p.owner_id
  left join teams t on t.id = p.team_id
  where u.id = $1`,
  },
];
