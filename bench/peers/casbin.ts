import { fileURLToPath } from 'node:url';
import { ACCESS_LEVELS, ROLES, type Scene, TEAM_ROLES } from './scene.ts';

const MODEL = fileURLToPath(new URL('casbin-model.conf', import.meta.url));
const POLICY = fileURLToPath(new URL('casbin-policy.csv', import.meta.url));

interface Subject {
  readonly id: string;
  readonly status: unknown;
  readonly roles: ReadonlySet<string>;
  readonly teams: Readonly<Record<string, string>>;
}

interface Thing {
  readonly type: string;
  readonly owner: unknown;
  readonly owner_status: unknown;
  readonly visibility: unknown;
  readonly status: unknown;
  readonly archived: boolean;
  readonly active: boolean;
  /** Teams that hold it and are not dissolved. */
  readonly teams: readonly string[];
  /** Levels by team, of teams that are not dissolved. */
  readonly attached: readonly (readonly [string, string])[];
}

export interface CasbinCall {
  readonly subject: Subject;
  readonly thing: Thing;
  readonly action: string;
}

/** Casbin with its model and policy in memory; who asks and what for come with each question as objects. */
export interface Casbin {
  readonly callOf: (scene: Scene) => CasbinCall;
  readonly ask: (call: CasbinCall) => boolean;
}

export async function createCasbin(): Promise<Casbin> {
  const { newEnforcer } = await import('casbin');
  const enforcer = await newEnforcer(MODEL, POLICY);
  await enforcer.addFunction(
    'among',
    (action: string, actions: string) => actions === 'any' || actions.split('|').includes(action),
  );
  await enforcer.addFunction('has_role', (subject: Subject, role: string) => subject.roles.has(role));
  await enforcer.addFunction('holds', (subject: Subject, teams: readonly string[], least: string) =>
    teams.some((team) => holds(subject, team, least)),
  );
  await enforcer.addFunction(
    'attached',
    (subject: Subject, attached: Thing['attached'], level: string, least: string) =>
      attached.some(
        ([team, open]) =>
          ACCESS_LEVELS.indexOf(open as 'read') >= ACCESS_LEVELS.indexOf(level as 'read') &&
          holds(subject, team, least),
      ),
  );
  return {
    callOf,
    ask: ({ subject, thing, action }) => enforcer.enforceSync(subject, thing, action),
  };
}

function holds({ teams }: Subject, team: string, least: string): boolean {
  const role = teams[team];
  return role !== undefined && TEAM_ROLES.indexOf(role as 'viewer') >= TEAM_ROLES.indexOf(least as 'viewer');
}

function callOf({ action, subject, resource, owner, generation, project, teams }: Scene): CasbinCall {
  const active = new Set(
    teams.filter((team) => team.attributes['active'] === true).map(({ id }) => String(id)),
  );
  const { attributes } = resource;
  const places = [
    resource.type === 'team' ? resource.id : attributes['team'],
    generation?.attributes['team'],
    project?.attributes['team'],
  ];
  const attached = (project ?? resource).attributes['attached'] ?? {};
  return {
    action,
    subject: {
      id: String(subject.id),
      status: subject.attributes['status'],
      roles: new Set((subject.attributes['roles'] as readonly string[]).flatMap((role) => ROLES[role] ?? [])),
      teams: subject.attributes['teams'] as Readonly<Record<string, string>>,
    },
    thing: {
      type: resource.type,
      owner: attributes['owner'],
      owner_status: owner.attributes['status'],
      visibility: attributes['visibility'],
      status: attributes['status'],
      archived: project?.attributes['archived'] === true,
      active: attributes['active'] === true,
      teams: places.filter((place): place is string => typeof place === 'string' && active.has(place)),
      attached: Object.entries(attached as Readonly<Record<string, string>>).filter(([team]) =>
        active.has(team),
      ),
    },
  };
}
