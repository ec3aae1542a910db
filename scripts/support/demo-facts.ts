import { FILES, GENERATIONS, PEOPLE, PROJECTS, TEAMS } from './demo-names.ts';
import { DemoRandom, spellTime } from './demo-random.ts';

/** One line of a facts file. */
export interface DemoRecord {
  readonly type: 'user' | 'team' | 'project' | 'generation' | 'media';
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const SEED = 20_250_601;
const USERS = 40;
const TEAM_NAMES = ['Bakery', 'Cabinet', 'Darkroom', 'Echo', 'Foundry', 'Greenhouse', 'Halftone'];
const PROJECTS_DRAWN = 13;
const GENERATIONS_DRAWN = 320;
const FILES_DRAWN = 219;
const DEEPEST_LINEAGE = 12;

const PLANS = ['free', 'free', 'free', 'pro', 'pro', 'enterprise'];
const ROLES = ['viewer', 'contributor', 'contributor', 'contributor', 'editor', 'editor', 'admin'];
const TEAM_ROLES = ['viewer', 'contributor', 'contributor', 'editor', 'editor', 'admin'];
const VISIBILITIES = ['private', 'private', 'team', 'public', 'public'];
const STATUSES = [
  'completed',
  'completed',
  'completed',
  'completed',
  'pending',
  'processing',
  'failed',
  'cancelled',
];
const KINDS = ['image', 'image', 'image', 'video', 'audio'] as const;
const DERIVED = ['improve', 'iterate', 'fork', 'remix'];
const FORMATS = {
  image: [
    ['png', 'image/png'],
    ['webp', 'image/webp'],
    ['jpg', 'image/jpeg'],
  ],
  video: [
    ['mp4', 'video/mp4'],
    ['webm', 'video/webm'],
  ],
  audio: [
    ['flac', 'audio/flac'],
    ['mp3', 'audio/mpeg'],
  ],
} as const;
type Kind = keyof typeof FORMATS;

interface Generation {
  readonly id: string;
  readonly owner: string;
  readonly kind: Kind;
  readonly status: string;
  readonly createdAt: number;
  /** Steps to the original. */
  readonly depth: number;
}

/** The facts of the demo: the named ones first, then those that are drawn; the same ones each time. */
export function demoFacts(): DemoRecord[] {
  return new DemoBuilder().records;
}

/** As JSON Lines. */
export function renderFacts(records: readonly DemoRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

class DemoBuilder {
  readonly records: DemoRecord[] = [];
  readonly #random = new DemoRandom(SEED);
  readonly #users: string[] = [];
  readonly #teams: string[] = [];
  readonly #projects: { readonly id: string; readonly owner: string }[] = [];
  readonly #generations: Generation[] = [];

  constructor() {
    this.#addNamed();
    const memberships = this.#drawTeams();
    this.#drawUsers(memberships);
    this.#drawProjects();
    this.#drawChain();
    while (this.#generations.length < GENERATIONS_DRAWN) this.#drawGeneration();
    for (let count = 0; count < FILES_DRAWN; count++) this.#drawFile();
  }

  #add(type: DemoRecord['type'], id: string, attributes: Record<string, unknown>): void {
    this.records.push({ type, id, attributes });
  }

  // ------------------------------------------------------------------------------------------- by name

  #addNamed(): void {
    const { ada, ben, cy, dora, eli, fay, gus, hana } = PEOPLE;
    const { atelier } = TEAMS;
    this.#person(ada, 'ada', 'active', ['editor'], 'pro', { [atelier]: 'editor' });
    this.#person(ben, 'ben', 'suspended', ['contributor'], 'pro', {});
    this.#person(cy, 'cy', 'active', ['viewer'], 'free', {});
    this.#person(dora, 'dora', 'active', ['admin'], 'enterprise', { [atelier]: 'owner' });
    this.#person(eli, 'eli', 'banned', ['contributor'], 'free', {});
    this.#person(fay, 'fay', 'active', ['contributor'], 'free', { [atelier]: 'viewer' });
    this.#person(gus, 'gus', 'active', ['on_call'], 'enterprise', {});
    this.#person(hana, 'hana', 'active', ['incident_commander'], 'enterprise', {});
    this.#add('team', atelier, { owner: dora, name: 'Atelier', active: true });
    this.#teams.push(atelier);
    const { film } = PROJECTS;
    this.#add('project', film, {
      owner: dora,
      team: atelier,
      visibility: 'team',
      archived: false,
      attached: {},
    });
    this.#projects.push({ id: film, owner: dora });
    const { harbour, lantern, storm, seed, tide, orchard } = GENERATIONS;
    this.#work(harbour, ada, 'private', 'completed');
    this.#work(lantern, ada, 'team', 'completed', { project: film });
    this.#work(storm, ben, 'public', 'completed');
    this.#work(seed, cy, 'private', 'completed');
    this.#work(tide, ada, 'public', 'processing', { parent: seed, lineage: 'remix' });
    this.#work(orchard, dora, 'public', 'completed');
    this.#file(FILES.orchard, orchard, dora, 'image', 0, 2_400_000, undefined);
  }

  #person(
    id: string,
    name: string,
    status: string,
    roles: readonly string[],
    plan: string,
    teams: Readonly<Record<string, string>>,
  ): void {
    const createdAt = spellTime(this.#random.time());
    this.#add('user', id, {
      status,
      roles,
      plan,
      email: `${name}@example.com`,
      created_at: createdAt,
      teams,
    });
    this.#users.push(id);
  }

  #work(
    id: string,
    owner: string,
    visibility: string,
    status: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const createdAt = this.#random.time();
    this.#add('generation', id, {
      owner,
      lineage: 'original',
      visibility,
      status,
      kind: 'image',
      created_at: spellTime(createdAt),
      ...more,
    });
  }

  // -------------------------------------------------------------------------------------------- drawn

  /** Teams, and who is what in them; the people themselves come later, once all their memberships are known. */
  #drawTeams(): ReadonlyMap<string, Record<string, string>> {
    const random = this.#random;
    const memberships = new Map<string, Record<string, string>>();
    const ids = Array.from({ length: USERS }, () => random.uuid7(random.time()));
    for (const id of ids) memberships.set(id, {});
    for (const name of TEAM_NAMES) {
      const id = random.uuid4();
      const owner = random.pick(ids);
      const members = new Map([[owner, 'owner']]);
      for (let count = 3 + random.below(6); count > 0; count--) {
        const member = random.pick(ids);
        if (!members.has(member)) members.set(member, random.pick(TEAM_ROLES));
      }
      for (const [member, role] of members) (memberships.get(member) as Record<string, string>)[id] = role;
      // One team is dissolved.
      this.#add('team', id, { owner, name, active: name !== 'Echo' });
      this.#teams.push(id);
    }
    return memberships;
  }

  #drawUsers(memberships: ReadonlyMap<string, Record<string, string>>): void {
    const random = this.#random;
    let count = 0;
    for (const [id, teams] of memberships) {
      count += 1;
      const status = count % 13 === 0 ? 'banned' : count % 9 === 0 ? 'suspended' : 'active';
      const role = count === 7 ? 'on_call' : count === 11 ? 'incident_commander' : random.pick(ROLES);
      this.#person(id, `user${count}`, status, random.percent(8) ? [] : [role], random.pick(PLANS), teams);
    }
  }

  #drawProjects(): void {
    const random = this.#random;
    for (let count = 1; count <= PROJECTS_DRAWN; count++) {
      const id = random.uuid7(random.time());
      const owner = random.pick(this.#users);
      const attached: Record<string, string> = {};
      for (let more = random.below(3); more > 0; more--) {
        attached[random.pick(this.#teams)] = random.pick(['read', 'read', 'write', 'admin']);
      }
      this.#add('project', id, {
        owner,
        ...(random.percent(60) && { team: random.pick(this.#teams) }),
        visibility: random.pick(VISIBILITIES),
        archived: count % 5 === 0,
        attached,
      });
      this.#projects.push({ id, owner });
    }
  }

  /** One lineage of the greatest depth, so that a closure of ten steps does not reach its end. */
  #drawChain(): void {
    let parent: Generation | undefined;
    for (let depth = 0; depth <= DEEPEST_LINEAGE; depth++) parent = this.#addGeneration(parent);
  }

  #drawGeneration(): void {
    const parent = this.#random.percent(45) ? this.#random.pick(this.#generations) : undefined;
    this.#addGeneration(parent !== undefined && parent.depth < DEEPEST_LINEAGE ? parent : undefined);
  }

  #addGeneration(parent: Generation | undefined): Generation {
    const random = this.#random;
    const createdAt = random.time(parent?.createdAt);
    const project = random.percent(50) ? random.pick(this.#projects) : undefined;
    const generation: Generation = {
      id: random.percent(50) ? random.uuid7(createdAt) : random.uuid4(),
      owner: project !== undefined && random.percent(40) ? project.owner : random.pick(this.#users),
      kind: parent?.kind ?? random.pick(KINDS),
      status: random.pick(STATUSES),
      createdAt,
      depth: parent === undefined ? 0 : parent.depth + 1,
    };
    this.#add('generation', generation.id, {
      owner: generation.owner,
      ...(project && { project: project.id }),
      ...(random.percent(15) && { team: random.pick(this.#teams) }),
      ...(parent && { parent: parent.id }),
      lineage: parent === undefined ? 'original' : random.pick(DERIVED),
      visibility: random.pick(VISIBILITIES),
      status: generation.status,
      kind: generation.kind,
      created_at: spellTime(createdAt),
    });
    this.#generations.push(generation);
    return generation;
  }

  #drawFile(): void {
    const random = this.#random;
    const finished = this.#generations.filter(
      (one) => one.status === 'completed' || one.status === 'processing',
    );
    const { id, owner, kind } = random.pick(finished);
    const size = random.percent(4)
      ? 104_857_601 + random.below(400_000_000)
      : 20_000 + random.below(40_000_000);
    const expiresAt = random.percent(20)
      ? random.percent(50)
        ? '2025-06-30T00:00:00Z'
        : '2099-12-31T00:00:00Z'
      : undefined;
    this.#file(random.uuid4(), id, owner, kind, random.below(FORMATS[kind].length), size, expiresAt);
  }

  #file(
    id: string,
    generation: string,
    owner: string,
    kind: Kind,
    format: number,
    size: number,
    expiresAt: string | undefined,
  ): void {
    const [extension, mimeType] = FORMATS[kind][format] ?? FORMATS[kind][0];
    this.#add('media', id, {
      generation,
      owner,
      bucket: 'velro-demo',
      path: `/media/${id}.${extension}`,
      mime_type: mimeType,
      size,
      sha256: this.#random.hex(64),
      ...(expiresAt !== undefined && { expires_at: expiresAt }),
    });
  }
}
