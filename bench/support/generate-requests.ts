import { DemoRandom, spellTime } from '../../scripts/support/demo-random.ts';
import type { AccessRequest, Circumstances, JsonObject } from '../../src/engine/decide/types.ts';
import type { FactLine } from '../../src/server/facts/fact-line.ts';

const ACTIONS = [
  'list',
  'read',
  'update',
  'delete',
  'share',
  'download',
  'invite',
  'administer',
  'create',
  'paint',
];
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const MADE_UP_IDS = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '550e8400-e29b-41d4-a716-446655440000',
  '12345678-1234-4678-9012-345678901234',
  '01234567-89ab-4def-8123-456789abcdef',
  '11111111-1111-4111-8111-111111111111',
  'c232ab00-9414-11ec-b3c8-9f6bdeced846',
  '06ffffff-0000-7abc-8def-0123456789ab',
  'not an id',
];
/** How requests spell what facts call by the names of the policy. */
const SPELLINGS: Readonly<Record<string, string>> = {
  active: 'is_active',
  archived: 'is_archived',
  attached: 'project_teams',
  generation: 'generation_id',
  owner: 'owner_id',
  parent: 'parent_generation_id',
  project: 'project_id',
  size: 'size_bytes',
  team: 'team_id',
};
const MINUTE = 60_000;

/** A question and what is going on while it is asked. */
export interface GeneratedQuestion {
  readonly request: AccessRequest;
  readonly live: Circumstances['live'];
}

/** Questions about the demo's records, most of them nearly right: the same ones for the same seed. */
export function generateQuestions(
  lines: readonly FactLine[],
  now: number,
  count: number,
  seed: number,
): readonly GeneratedQuestion[] {
  const random = new DemoRandom(seed);
  const users = lines.filter(({ type }) => type === 'user');
  const things = lines.filter(({ type }) => type !== 'user');
  return Array.from({ length: count }, () => {
    const thing = random.pick(things);
    const action = random.percent(15) ? 'create' : random.pick(ACTIONS);
    // Half of the questions are asked by the owner, if there is one.
    const owner = thing.attributes['owner'];
    const subject = typeof owner === 'string' && random.percent(50) ? owner : String(random.pick(users).id);
    const isNew = action === 'create' && random.percent(90);
    return {
      request: {
        subject: { type: 'user', id: random.percent(2) ? random.pick(MADE_UP_IDS) : subject },
        action: { name: action },
        resource: isNew
          ? { type: thing.type, id: random.uuid4(), properties: propertiesOf(thing, subject, random) }
          : { type: thing.type, id: random.percent(3) ? random.uuid4().toUpperCase() : String(thing.id) },
        context: contextOf(now, random),
      },
      live: liveOf(random),
    };
  });
}

function propertiesOf(thing: FactLine, subject: string, random: DemoRandom): JsonObject {
  if (random.percent(5)) return {};
  const said = random.percent(70) ? { ...thing.attributes, owner: subject } : thing.attributes;
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [SPELLINGS[name] ?? name, value]));
}

function contextOf(now: number, random: DemoRandom): JsonObject | undefined {
  if (random.percent(2)) return undefined;
  const address = random.percent(90)
    ? '203.0.113.7'
    : random.pick(['192.0.2.9', '2001:db8:bad::1', 'here', '::ffff:240.1.1.1']);
  const ago = (usual: number): string =>
    spellTime(now - (random.percent(95) ? usual : random.below(2_000)) * MINUTE);
  const context: Record<string, unknown> = {
    ip: address,
    user_agent: random.percent(90) ? BROWSER : random.pick(['curl/8.5.0', '', 'Googlebot/2.1']),
    tls: random.percent(97),
    session: {
      id: random.percent(95) ? random.uuid7(now - random.below(90) * MINUTE) : random.pick(MADE_UP_IDS),
      started_at: ago(60),
      last_active_at: ago(2),
      ip: random.percent(90) ? address : '203.0.113.8',
      user_agent: BROWSER,
      ...(random.percent(80) ? { mfa_at: ago(5) } : {}),
    },
    ...(random.percent(10) ? { emergency: { ticket: 'INC-2041' } } : {}),
    ...(random.percent(20) ? { token: 'a token', method: 'GET' } : {}),
  };
  for (const key of ['ip', 'user_agent', 'tls', 'session'])
    if (random.percent(2)) Reflect.deleteProperty(context, key);
  return context;
}

function liveOf(random: DemoRandom): Circumstances['live'] {
  const some = (share: number, names: readonly string[]): ReadonlySet<string> =>
    new Set(names.filter(() => random.percent(share)));
  return {
    modes: some(3, ['lockdown', 'read_only', 'maintenance']),
    overrides: some(30, ['break_glass']),
    exhausted: some(3, ['api', 'create_generation', 'download_media', 'per_object', 'destructive']),
    losses: new Set(),
  };
}
