import { readFileSync } from 'node:fs';
import type { CedarEntity, CedarUid, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import type { FactLine } from '../../src/server/facts/fact-line.ts';
import { ACCESS_LEVELS, ROLES, type Scene, TEAM_ROLES } from './scene.ts';

const POLICIES = new URL('layers-2-and-3.cedar', import.meta.url);
const POLICY_SET = 'layers-2-and-3';
const TYPES: Readonly<Record<string, string>> = {
  user: 'User',
  team: 'Team',
  project: 'Project',
  generation: 'Generation',
  media: 'Media',
};
/** What a level of access asks of the member of an attached team. */
const LEVELS = [
  { level: 'read', least: 'viewer', attribute: 'openForReading' },
  { level: 'write', least: 'editor', attribute: 'openForWriting' },
  { level: 'admin', least: 'admin', attribute: 'openForAdministration' },
] as const;

type Attributes = Record<string, unknown>;

/** Cedar with its policies parsed once; the entities come with each question, as facts do in Velro. */
export interface Cedar {
  readonly callOf: (scene: Scene) => StatefulAuthorizationCall;
  readonly ask: (call: StatefulAuthorizationCall) => boolean;
}

export async function createCedar(): Promise<Cedar> {
  const { preparsePolicySet, statefulIsAuthorized } = await import('@cedar-policy/cedar-wasm/nodejs');
  const parsed = preparsePolicySet(POLICY_SET, { staticPolicies: readFileSync(POLICIES, 'utf8') });
  if (parsed.type !== 'success') throw new Error(`Cedar refuses the policies: ${JSON.stringify(parsed)}`);
  return {
    callOf,
    ask(call) {
      const answer = statefulIsAuthorized(call);
      if (answer.type !== 'success') throw new Error(`Cedar refuses a call: ${JSON.stringify(answer)}`);
      const { decision, diagnostics } = answer.response;
      if (diagnostics.errors.length > 0)
        throw new Error(`Cedar fails: ${JSON.stringify(diagnostics.errors)}`);
      return decision === 'allow';
    },
  };
}

function callOf(scene: Scene): StatefulAuthorizationCall {
  return {
    principal: uid('user', scene.subject.id),
    action: { type: 'Action', id: scene.action },
    resource: uid(scene.resource.type, scene.resource.id),
    context: {},
    preparsedPolicySetId: POLICY_SET,
    entities: entitiesOf(scene),
  };
}

function entitiesOf(scene: Scene): readonly CedarEntity[] {
  const { subject, owner, resource, generation, project, teams } = scene;
  const entities: CedarEntity[] = [user(subject)];
  if (owner.id !== subject.id) entities.push(user(owner));
  const things = [resource, generation, project].filter((line) => line !== undefined && line.type !== 'team');
  for (const line of things) if (line !== undefined) entities.push(thing(line));
  for (const team of teams) entities.push(teamEntity(team));
  const place = project ?? (resource.type === 'project' ? resource : undefined);
  if (place !== undefined) entities.push(...accessGroups(place, teams));
  return entities;
}

function user({ id, attributes }: FactLine): CedarEntity {
  const roles = (attributes['roles'] as readonly string[]).flatMap((role) => ROLES[role] ?? []);
  const teams = Object.entries(attributes['teams'] as Readonly<Record<string, string>>);
  const teamRoles = teams.flatMap(([team, role]) =>
    TEAM_ROLES.slice(0, TEAM_ROLES.indexOf(role as 'viewer') + 1).map((one) => teamRole(team, one)),
  );
  return {
    uid: uid('user', id),
    attrs: { status: attributes['status'] },
    parents: [...[...new Set(roles)].map((role) => ({ type: 'Role', id: role })), ...teamRoles],
  };
}

function thing(line: FactLine): CedarEntity {
  const { type, id, attributes } = line;
  const attrs: Attributes = { owner: reference('user', attributes['owner']) };
  for (const name of ['team', 'project', 'generation'])
    if (attributes[name] !== undefined) attrs[name] = reference(name, attributes[name]);
  for (const name of ['visibility', 'status', 'archived'])
    if (attributes[name] !== undefined) attrs[name] = attributes[name];
  if (type === 'project')
    for (const { level, attribute } of LEVELS) attrs[attribute] = { __entity: accessGroup(id, level) };
  return { uid: uid(type, id), attrs, parents: [] };
}

function teamEntity({ id, attributes }: FactLine): CedarEntity {
  const attrs: Attributes = { owner: reference('user', attributes['owner']), active: attributes['active'] };
  for (const role of TEAM_ROLES) attrs[`${role}s`] = { __entity: teamRole(String(id), role) };
  return { uid: uid('team', id), attrs, parents: [] };
}

/** The roles of attached teams that a project lets in; a dissolved team gives nobody a role. */
function accessGroups(project: FactLine, teams: readonly FactLine[]): readonly CedarEntity[] {
  const attached = Object.entries((project.attributes['attached'] ?? {}) as Readonly<Record<string, string>>);
  return attached.flatMap(([team, open]) => {
    if (teams.find(({ id }) => id === team)?.attributes['active'] !== true) return [];
    return LEVELS.filter(
      ({ level }) => ACCESS_LEVELS.indexOf(level) <= ACCESS_LEVELS.indexOf(open as 'read'),
    ).map(({ level, least }) => ({
      uid: teamRole(team, least),
      attrs: {},
      parents: [accessGroup(project.id, level)],
    }));
  });
}

function uid(type: string, id: string | number): CedarUid {
  return { type: TYPES[type] ?? type, id: String(id) };
}

function reference(type: string, id: unknown): { readonly __entity: CedarUid } {
  return { __entity: uid(type, String(id)) };
}

function teamRole(team: string, role: string): CedarUid {
  return { type: 'TeamRole', id: `${team}#${role}` };
}

function accessGroup(project: string | number, level: string): CedarUid {
  return { type: 'Access', id: `${project}#${level}` };
}
