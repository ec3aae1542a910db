import { type Outcome, type RecordValue, Reference, ValueMap, ValueSet } from '../../src/dsl/types/values.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';

/** From the least to the most, as in `policies/schema.velro`. */
const TEAM_ROLES: Readonly<Record<string, number>> = {
  viewer: 0,
  contributor: 1,
  editor: 2,
  admin: 3,
  owner: 4,
};
const ACCESS_LEVELS: Readonly<Record<string, number>> = { read: 0, write: 1, admin: 2 };
const VIEWER = 0;
const CONTRIBUTOR = 1;
const EDITOR = 2;
const ADMIN = 3;
const OWNER = 4;
const MOST_STEPS = 10;

const VIEWING: ReadonlySet<string> = new Set(['list', 'read', 'download']);

/** Who asks, what for, and the facts that are known. */
export interface Scene {
  readonly facts: FactView;
  readonly action: string;
  readonly subject: Reference;
  readonly person: RecordValue;
  readonly resource: Reference;
  readonly thing: RecordValue;
}

export function attributesOf(facts: FactView, reference: Outcome): RecordValue | undefined {
  return reference instanceof Reference ? facts.record(reference.type, reference.id)?.attributes : undefined;
}

export function isSame(reference: Outcome, other: Reference): boolean {
  return reference instanceof Reference && reference.key === other.key;
}

// ------------------------------------------------------------------------------------------------------------- teams

/** The subject holds at least this role in the team, which is not dissolved. */
function holds(scene: Scene, team: Outcome, minimum: number): boolean {
  if (!(team instanceof Reference)) return false;
  const { teams } = scene.person;
  const role = teams instanceof ValueMap ? teams.values.get(team.key) : undefined;
  if (typeof role !== 'string' || !((TEAM_ROLES[role] ?? -1) >= minimum)) return false;
  return attributesOf(scene.facts, team)?.['active'] === true;
}

function holdsFor(scene: Scene, generation: RecordValue, minimum: number): boolean {
  return (
    holds(scene, generation['team'], minimum) ||
    holds(scene, attributesOf(scene.facts, generation['project'])?.['team'], minimum)
  );
}

function holdsHere(scene: Scene, minimum: number): boolean {
  if (scene.resource.type !== 'media') return holdsFor(scene, scene.thing, minimum);
  const generation = attributesOf(scene.facts, scene.thing['generation']);
  return generation !== undefined && holdsFor(scene, generation, minimum);
}

function isAttached(scene: Scene, attached: Outcome, level: number, minimum: number): boolean {
  if (!(attached instanceof ValueMap)) return false;
  for (const [key, place] of attached.keys) {
    const open = attached.values.get(key);
    if (typeof open === 'string' && (ACCESS_LEVELS[open] ?? -1) >= level && holds(scene, place, minimum))
      return true;
  }
  return false;
}

function isAttachedHere(scene: Scene, level: number, minimum: number): boolean {
  const { thing } = scene;
  return (
    isOpen(thing) &&
    (isAttached(scene, thing['attached'], level, minimum) ||
      isAttached(scene, attributesOf(scene.facts, thing['project'])?.['attached'], level, minimum))
  );
}

function isOpen({ visibility }: RecordValue): boolean {
  return visibility === 'team' || visibility === 'public';
}

function isShared(scene: Scene, minimum: number): boolean {
  return isOpen(scene.thing) && holdsHere(scene, minimum);
}

// --------------------------------------------------------------------------------------------------- layer 2: roles

const OBJECTS = ['generation', 'project', 'media'];
const THINGS = [...OBJECTS, 'team'];
const grant = (actions: readonly string[], types: readonly string[]): string[] =>
  actions.flatMap((action) => types.map((type) => `${action} ${type}`));
const VIEWER_GRANTS = [...grant(['list', 'read'], THINGS), ...grant(['download'], ['generation', 'media'])];
const CONTRIBUTOR_GRANTS = [...VIEWER_GRANTS, ...grant(['create'], THINGS)];
const EDITOR_GRANTS = [...CONTRIBUTOR_GRANTS, ...grant(['update'], THINGS), ...grant(['share'], OBJECTS)];
const ADMIN_GRANTS = [
  ...EDITOR_GRANTS,
  ...grant(['delete'], THINGS),
  ...grant(['invite', 'administer'], ['team']),
];

/** What can be asked at all: an action on a type. */
export const DECLARED: ReadonlySet<string> = new Set(ADMIN_GRANTS);

const ROLES: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ['viewer', new Set(VIEWER_GRANTS)],
  ['contributor', new Set(CONTRIBUTOR_GRANTS)],
  ['editor', new Set(EDITOR_GRANTS)],
  ['admin', new Set(ADMIN_GRANTS)],
  ['on_call', new Set(VIEWER_GRANTS)],
  ['incident_commander', new Set(ADMIN_GRANTS)],
]);

/** What establishes the claim `permission`: undefined for nothing, '' for a role, which has no sentence of its own. */
export function permissionOf(scene: Scene, asked: string): string | undefined {
  const { roles } = scene.person;
  if (roles instanceof ValueSet)
    for (const role of roles.items.keys()) if (ROLES.get(role)?.has(asked) === true) return '';
  return scene.resource.type === 'team' ? teamPermission(scene) : objectPermission(scene);
}

function objectPermission(scene: Scene): string | undefined {
  switch (scene.action) {
    case 'list':
    case 'read':
    case 'download':
      return holdsHere(scene, VIEWER)
        ? 'the subject is a member of the team that holds the object'
        : undefined;
    case 'create':
      return holdsHere(scene, CONTRIBUTOR)
        ? 'the subject contributes to the team that will hold the object'
        : undefined;
    case 'update':
    case 'share':
      return holdsHere(scene, EDITOR) ? 'the subject edits for the team that holds the object' : undefined;
    default:
      return holdsHere(scene, ADMIN)
        ? 'the subject is an admin of the team that holds the object'
        : undefined;
  }
}

function teamPermission(scene: Scene): string | undefined {
  const { action, resource } = scene;
  if (action === 'list' || action === 'read')
    return holds(scene, resource, VIEWER) ? 'the subject is a member of the team' : undefined;
  if (action === 'update' || action === 'invite' || action === 'administer')
    return holds(scene, resource, ADMIN) ? 'the subject is an admin of the team' : undefined;
  if (action === 'delete' && holds(scene, resource, OWNER))
    return 'the subject holds the role of owner in the team';
  return undefined;
}

// ------------------------------------------------------------------------------- layers 3 and 5: ownership, lineage

/** What establishes the claim `access`, as a sentence; undefined for nothing. */
export function accessOf(scene: Scene): string | undefined {
  const owns = isSame(scene.thing['owner'], scene.subject);
  if (scene.action === 'create') return owns ? creationOf(scene) : undefined;
  if (owns) return 'the subject owns the object';
  switch (scene.resource.type) {
    case 'generation':
      return generationAccess(scene);
    case 'project':
      return projectAccess(scene);
    case 'team':
      return teamAccess(scene);
    default:
      return mediaAccess(scene);
  }
}

function creationOf(scene: Scene): string | undefined {
  const { facts, subject, thing } = scene;
  const joins = thing['team'] === undefined || holds(scene, thing['team'], CONTRIBUTOR);
  switch (scene.resource.type) {
    case 'team':
      return 'the subject founds the team';
    case 'project':
      return joins ? 'the subject opens the project for themselves or for a team of theirs' : undefined;
    case 'generation':
      return joins &&
        (thing['project'] === undefined || fills(scene, attributesOf(facts, thing['project']))) &&
        (thing['parent'] === undefined || isVisible(scene, attributesOf(facts, thing['parent'])))
        ? 'the subject makes the generation at a place and from a parent that are open to them'
        : undefined;
    default:
      return isSame(attributesOf(facts, thing['generation'])?.['owner'], subject)
        ? 'the subject adds the file to a generation of theirs'
        : undefined;
  }
}

function fills(scene: Scene, project: RecordValue | undefined): boolean {
  if (project === undefined || project['archived'] !== false) return false;
  return (
    isSame(project['owner'], scene.subject) ||
    holds(scene, project['team'], CONTRIBUTOR) ||
    isAttached(scene, project['attached'], 1, CONTRIBUTOR)
  );
}

function isVisible(scene: Scene, generation: RecordValue | undefined): boolean {
  if (generation === undefined) return false;
  if (isSame(generation['owner'], scene.subject)) return true;
  const isCompleted = generation['status'] === 'completed';
  if (generation['visibility'] === 'public' && isCompleted) return true;
  if (!isOpen(generation)) return false;
  if (holdsFor(scene, generation, isCompleted ? VIEWER : CONTRIBUTOR)) return true;
  const attached = attributesOf(scene.facts, generation['project'])?.['attached'];
  return isCompleted && isAttached(scene, attached, 0, VIEWER);
}

function generationAccess(scene: Scene): string | undefined {
  const { action, thing } = scene;
  if (VIEWING.has(action)) {
    const isCompleted = thing['status'] === 'completed';
    if (thing['visibility'] === 'public' && isCompleted) return 'the generation is public and completed';
    if (isCompleted && isShared(scene, VIEWER))
      return "the generation is completed and shared with a team of the subject's";
    if (isShared(scene, CONTRIBUTOR)) return 'the subject contributes to the team that holds the generation';
    if (isAttachedHere(scene, 0, VIEWER)) return "the project is open for reading to a team of the subject's";
    return inheritedAccess(scene);
  }
  return changingAccess(scene);
}

function inheritedAccess(scene: Scene): string | undefined {
  const { visibility } = scene.thing;
  if (!isOpen(scene.thing) || !grewFromOwn(scene)) return undefined;
  if (visibility === 'public') return "the generation is public and grew from one of the subject's";
  return holdsFor(scene, scene.thing, VIEWER)
    ? "the generation grew from one of the subject's and is shared with a team of theirs"
    : undefined;
}

function grewFromOwn(scene: Scene): boolean {
  const seen = new Set<string>();
  let parent = scene.thing['parent'];
  for (let step = 0; step < MOST_STEPS && parent instanceof Reference && !seen.has(parent.key); step += 1) {
    seen.add(parent.key);
    const generation = attributesOf(scene.facts, parent);
    if (isSame(generation?.['owner'], scene.subject)) return true;
    parent = generation?.['parent'];
  }
  return false;
}

function changingAccess(scene: Scene): string | undefined {
  const { action } = scene;
  if (action === 'delete') {
    if (isShared(scene, ADMIN)) return 'the subject is an admin of the team that holds the object';
  } else if (isShared(scene, EDITOR)) return 'the subject edits for the team that holds the object';
  if (action === 'update')
    return isAttachedHere(scene, 1, EDITOR)
      ? 'the project is open for writing to a team in which the subject edits'
      : undefined;
  return isAttachedHere(scene, 2, ADMIN)
    ? 'the project is open for administration to a team of which the subject is an admin'
    : undefined;
}

function projectAccess(scene: Scene): string | undefined {
  if (!VIEWING.has(scene.action)) return changingAccess(scene);
  if (scene.thing['visibility'] === 'public') return 'the project is public';
  if (isShared(scene, VIEWER)) return "the project is shared with a team of the subject's";
  return isAttachedHere(scene, 0, VIEWER)
    ? "the project is open for reading to a team of the subject's"
    : undefined;
}

function teamAccess(scene: Scene): string | undefined {
  const { action, resource } = scene;
  if (action === 'list' || action === 'read')
    return holds(scene, resource, VIEWER) ? 'the subject is a member of the team' : undefined;
  if (action === 'update' || action === 'invite' || action === 'administer')
    return holds(scene, resource, ADMIN) ? 'the subject is an admin of the team' : undefined;
  return undefined;
}

function mediaAccess(scene: Scene): string | undefined {
  return VIEWING.has(scene.action) && isVisible(scene, attributesOf(scene.facts, scene.thing['generation']))
    ? 'the subject may look at the generation that the file belongs to'
    : undefined;
}
