import type { About } from '../../src/dsl/builtins/builtin.ts';
import { detectBot } from '../../src/dsl/builtins/support/user-agent.ts';
import { parseUuid } from '../../src/dsl/types/parse-uuid.ts';
import { type RecordValue, Reference } from '../../src/dsl/types/values.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest, Circumstances } from '../../src/engine/decide/types.ts';
import { accessOf, attributesOf, DECLARED, isSame, permissionOf, type Scene } from './access.ts';
import { type Answer, exceed, forbid, lack, permit, refuse } from './answer.ts';
import { checkIdentifiers } from './identifiers.ts';
import { newThing } from './new-thing.ts';
import { checkSecurityContext, type ReadContext, readContext } from './security-context.ts';

const DAY = 86_400_000;
const LARGEST_FILE = 104_857_600;

const SENSITIVE: ReadonlySet<string> = new Set(['delete', 'share', 'administer']);
const DESTRUCTIVE: ReadonlySet<string> = new Set(['delete', 'administer']);
const VIEWING: ReadonlySet<string> = new Set(['list', 'read', 'download']);
const LIMITED_PLANS: ReadonlySet<unknown> = new Set(['free', 'pro', 'enterprise']);
const SERVED_TYPES: Readonly<Record<string, ReadonlySet<unknown>>> = {
  image: new Set(['image/avif', 'image/gif', 'image/jpeg', 'image/png', 'image/webp']),
  video: new Set(['video/mp4', 'video/quicktime', 'video/webm']),
  audio: new Set([
    'audio/aac',
    'audio/flac',
    'audio/mpeg',
    'audio/mp4',
    'audio/ogg',
    'audio/wav',
    'audio/webm',
  ]),
};

const UNKNOWN_ACTION = refuse('unknown_action');
const UNKNOWN_SUBJECT = refuse('unknown_subject');
const UNKNOWN_RESOURCE = refuse('unknown_resource');
const RESOURCE_EXISTS = refuse('resource_exists');
const NO_PERMISSION = lack('permission');
const NO_ACCESS = lack('access');

const BANNED = forbid('rbac.banned_account', 'the account is banned');
const INACTIVE = forbid('rbac.inactive_account', 'the account is not active, so it holds no role');
const SUSPENDED_OWNER = forbid(
  'ownership.suspended_owner',
  "the owner's account is suspended, and everything it owns is frozen",
);
const ARCHIVED = forbid('ownership.archived_project', 'the project is archived and takes no changes');
const DISSOLVED = forbid('ownership.dissolved_team', 'the team was dissolved and takes no new members');
const UNSIGNED = forbid(
  'media_access.unsigned',
  'files are served with a valid signed token, or to their owner',
  'request_token',
);
const UNFINISHED_FILE = forbid('media_access.unfinished_file', 'the generation is not completed');
const UNFINISHED = forbid('media_access.unfinished_generation', 'the generation is not completed');
const EXPIRED_FILE = forbid('media_access.expired_file', 'the file has expired');
const TOO_LARGE = forbid('media_access.too_large', 'the file is larger than 100 MB');
const UNSERVED = forbid(
  'media_access.unserved_type',
  'files of this type are not served for this kind of generation',
);
const LOCKED_DOWN = forbid('emergency.locked_down', 'the platform is locked down');
const FROZEN = forbid('emergency.frozen', 'the platform is read-only for now');
const MAINTENANCE = forbid('emergency.under_maintenance', 'the platform is under maintenance');
const API = exceed('limits.api', 'too many requests');
const CREATE_GENERATION = exceed('limits.create_generation', 'too many generations at a time');
const DOWNLOAD_MEDIA = exceed('limits.download_media', 'too many downloads');
const PER_OBJECT = exceed('limits.per_object', 'too many requests for this object');
const REMOVED_MUCH = exceed('limits.destructive', 'too much was removed in a short time');
const TOO_RISKY = forbid('limits.too_risky', 'the request looks like an attack', 'step_up');
const TOO_RISKY_TO_REMOVE = forbid(
  'limits.too_risky_to_remove',
  'the request is too suspicious to remove something',
  'step_up',
);

/**
 * The ten layers of `policies/`, written out as a function: the same checks on the same request and the same facts, in
 * the same order, and the same answer. What is missing denies.
 */
export function decideByHand(request: AccessRequest, facts: FactView, circumstances: Circumstances): Answer {
  const { name: action } = request.action;
  const { type } = request.resource;
  const asked = `${action} ${type}`;
  if (request.subject.type !== 'user' || !DECLARED.has(asked)) return UNKNOWN_ACTION;
  const subject = new Reference('user', parseUuid(request.subject.id) ?? request.subject.id);
  const resource = new Reference(type, parseUuid(request.resource.id) ?? request.resource.id);
  const person = facts.record('user', subject.id)?.attributes;
  if (person === undefined) return UNKNOWN_SUBJECT;
  const kept = facts.record(type, resource.id)?.attributes;
  if (action === 'create' ? kept !== undefined : kept === undefined)
    return action === 'create' ? RESOURCE_EXISTS : UNKNOWN_RESOURCE;
  const thing = kept ?? newThing(type, request.resource.properties);
  const scene: Scene = { facts, action, subject, person, resource, thing };
  const context = readContext(request.context);
  const { now } = circumstances.world;
  const about: About = { now, subject, resource, action };
  const forbidden =
    checkIdentifiers(subject.id, resource.id, context.sessionId, now) ??
    checkAccounts(scene) ??
    checkSecurityContext(context, SENSITIVE.has(action), circumstances, about) ??
    checkMedia(scene, context, circumstances, about) ??
    checkEmergency(scene, circumstances) ??
    checkLimits(scene, context, circumstances);
  if (forbidden !== undefined) return forbidden;
  const permission = permissionOf(scene, asked);
  if (permission === undefined) return NO_PERMISSION;
  const access = accessOf(scene) ?? brokenGlass(scene, context, circumstances);
  if (access === undefined) return NO_ACCESS;
  return permit(permission === '' ? access : permission);
}

/** What layers 2 and 3 forbid. */
function checkAccounts({ facts, action, person, resource, thing }: Scene): Answer | undefined {
  if (person['status'] === 'banned') return BANNED;
  if (person['status'] !== 'active') return INACTIVE;
  const { owner } = thing;
  if (!(owner instanceof Reference)) return SUSPENDED_OWNER;
  const account = facts.record(owner.type, owner.id);
  if (account === undefined || (account !== null && account.attributes['status'] !== 'active'))
    return SUSPENDED_OWNER;
  if (resource.type === 'generation' && (action === 'update' || action === 'share')) {
    const { project } = thing;
    if (project !== undefined && attributesOf(facts, project)?.['archived'] !== false) return ARCHIVED;
  }
  if (action === 'invite' && thing['active'] !== true) return DISSOLVED;
  return undefined;
}

/** Layer 6. */
function checkMedia(
  scene: Scene,
  context: ReadContext,
  { world }: Circumstances,
  about: About,
): Answer | undefined {
  const { facts, action, resource, thing } = scene;
  if (resource.type === 'generation')
    return action === 'download' && thing['status'] !== 'completed' ? UNFINISHED : undefined;
  if (resource.type !== 'media') return undefined;
  const isServed = action === 'read' || action === 'download';
  if (!isServed && action !== 'create') return undefined;
  const generation = attributesOf(facts, thing['generation']);
  if (isServed) {
    if (!isSame(thing['owner'], scene.subject) && !isSigned(scene, context, world.sources, about))
      return UNSIGNED;
    if (generation?.['status'] !== 'completed') return UNFINISHED_FILE;
    const expires = thing['expires_at'];
    if (expires !== undefined && !(typeof expires === 'number' && expires > world.now)) return EXPIRED_FILE;
  }
  const { size } = thing;
  if (!(typeof size === 'number' && size <= LARGEST_FILE)) return TOO_LARGE;
  const kind = generation?.['kind'];
  if (typeof kind !== 'string' || SERVED_TYPES[kind]?.has(thing['mime_type']) !== true) return UNSERVED;
  return undefined;
}

function isSigned(
  { subject, thing }: Scene,
  { token, method }: ReadContext,
  sources: Circumstances['world']['sources'],
  about: About,
): boolean {
  const isValid = sources['media.token_valid'];
  const { path } = thing;
  if (isValid === undefined || token === undefined || method === undefined || typeof path !== 'string')
    return false;
  return isValid([token, method, path, subject.id], about) === true;
}

/** What layer 9 forbids. */
function checkEmergency({ action, person }: Scene, { live }: Circumstances): Answer | undefined {
  const { modes } = live;
  if (modes.size === 0) return undefined;
  const roles = person['roles'] as { readonly items: ReadonlyMap<unknown, unknown> } | undefined;
  const isCommander = roles?.items.has('incident_commander') === true;
  if (modes.has('lockdown') && !isCommander) return LOCKED_DOWN;
  if (modes.has('read_only') && !VIEWING.has(action)) return FROZEN;
  if (modes.has('maintenance') && !isCommander && roles?.items.has('admin') !== true) return MAINTENANCE;
  return undefined;
}

/** Layer 10. */
function checkLimits(
  { action, person, resource }: Scene,
  context: ReadContext,
  { live, world }: Circumstances,
): Answer | undefined {
  const { exhausted } = live;
  if (!LIMITED_PLANS.has(person['plan']) || exhausted.has('api')) return API;
  if (exhausted.size > 0) {
    const { type } = resource;
    if (action === 'create' && type === 'generation' && exhausted.has('create_generation'))
      return CREATE_GENERATION;
    if (action === 'download' && type === 'media' && exhausted.has('download_media')) return DOWNLOAD_MEDIA;
    if (exhausted.has('per_object')) return PER_OBJECT;
    if (DESTRUCTIVE.has(action) && exhausted.has('destructive')) return REMOVED_MUCH;
  }
  const risk = live.risk?.high ?? Math.min(100, assessRisk(context, person, world.now));
  if (risk >= 80) return TOO_RISKY;
  return DESTRUCTIVE.has(action) && risk >= 50 ? TOO_RISKY_TO_REMOVE : undefined;
}

/** The most that the evidence may come to: what cannot be seen counts. */
function assessRisk({ ip, sessionIp, userAgent }: ReadContext, person: RecordValue, now: number): number {
  let risk = 0;
  if (userAgent === undefined) risk += 40;
  else if (detectBot(userAgent) !== false) risk += 60;
  if (ip === undefined || sessionIp === undefined || ip.text !== sessionIp.text) risk += 30;
  const created = person['created_at'];
  if (!(typeof created === 'number' && created <= now - DAY)) risk += 20;
  return risk;
}

/** The override of layer 9, as a sentence; undefined where it does not apply. */
function brokenGlass(
  { action, person, resource }: Scene,
  { ticket }: ReadContext,
  { live }: Circumstances,
): string | undefined {
  if (!live.overrides.has('break_glass') || !VIEWING.has(action)) return undefined;
  if (resource.type !== 'generation' && resource.type !== 'media') return undefined;
  const roles = person['roles'] as { readonly items: ReadonlyMap<unknown, unknown> } | undefined;
  return roles?.items.has('on_call') === true && ticket !== undefined ? 'break-glass access' : undefined;
}
