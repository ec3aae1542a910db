import { draw, uuidOf } from './draw.ts';

/** How much of the reference domain to make. */
export interface DomainSize {
  readonly users: number;
  readonly teams: number;
  readonly projects: number;
  readonly generations: number;
}

/** A value of a row in COPY: null, or what its text is. */
export type Cell = string | number | boolean | null;

/** One table: what it is called, its columns, and its rows, made one by one. */
export interface SeedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** About how many there will be, for showing progress. */
  readonly expected: number;
  rows(): Iterable<readonly Cell[]>;
}

const GENERATIONS_PER_USER = 10;
const [USERS, TEAMS, MEMBERS, PROJECTS, ATTACHED, GENERATIONS, MEDIA] = [0, 1, 2, 3, 4, 5, 6] as const;
const EPOCH = Date.parse('2025-01-01T00:00:00Z');
const MEDIA_OF = { image: 'image/png', video: 'video/mp4', audio: 'audio/mpeg' } as const;

/** So many users with their teams, projects and generations. */
export function domainSize(users: number): DomainSize {
  return {
    users,
    teams: Math.ceil(users / 20),
    projects: Math.ceil(users / 4),
    generations: users * GENERATIONS_PER_USER,
  };
}

/** The tables of the reference domain in the order in which they refer to each other; the same seed gives the same rows. */
export function domainTables(size: DomainSize, seed: number): readonly SeedTable[] {
  const at = (table: number, row: number, slot: number): number => draw(seed, table, row, slot) / 2 ** 32;
  const below = (limit: number, table: number, row: number, slot: number): number =>
    Math.floor(at(table, row, slot) * limit);
  const id = (table: number, row: number): string => uuidOf(seed, table, row);
  /** A few users own much, most own little. */
  const owner = (table: number, row: number): string =>
    id(USERS, Math.floor(size.users * at(table, row, 0) ** 2));
  const choose = <T>(
    weighted: readonly (readonly [T, number])[],
    table: number,
    row: number,
    slot: number,
  ): T => {
    let left = at(table, row, slot) * weighted.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of weighted) if ((left -= weight) < 0) return value;
    return (weighted.at(-1) as readonly [T, number])[0];
  };
  const time = (row: number): string => new Date(EPOCH + row * 1_000).toISOString();
  const kindOf = (row: number): keyof typeof MEDIA_OF =>
    choose(
      [
        ['image', 80],
        ['video', 15],
        ['audio', 5],
      ] as const,
      GENERATIONS,
      row,
      1,
    );
  const statusOf = (row: number): string =>
    choose(
      [
        ['completed', 90],
        ['processing', 3],
        ['pending', 3],
        ['failed', 3],
        ['cancelled', 1],
      ] as const,
      GENERATIONS,
      row,
      2,
    );
  const visibilityOf = (table: number, row: number): string =>
    choose(
      [
        ['private', 50],
        ['team', 30],
        ['public', 20],
      ] as const,
      table,
      row,
      3,
    );

  return [
    {
      name: 'users',
      columns: ['id', 'status', 'roles', 'plan', 'email', 'created_at'],
      expected: size.users,
      *rows() {
        for (let row = 0; row < size.users; row += 1)
          yield [
            id(USERS, row),
            choose(
              [
                ['active', 97],
                ['suspended', 2],
                ['banned', 1],
              ] as const,
              USERS,
              row,
              1,
            ),
            choose(
              [
                ['{contributor}', 60],
                ['{viewer}', 20],
                ['{editor}', 18],
                ['{admin}', 2],
              ] as const,
              USERS,
              row,
              2,
            ),
            choose(
              [
                ['free', 80],
                ['pro', 17],
                ['enterprise', 3],
              ] as const,
              USERS,
              row,
              3,
            ),
            `user-${row}@example.com`,
            time(row),
          ];
      },
    },
    {
      name: 'teams',
      columns: ['id', 'owner_id', 'name', 'is_active'],
      expected: size.teams,
      *rows() {
        for (let row = 0; row < size.teams; row += 1)
          yield [id(TEAMS, row), owner(TEAMS, row), `Team ${row}`, at(TEAMS, row, 1) < 0.97];
      },
    },
    {
      name: 'team_members',
      columns: ['user_id', 'team_id', 'role', 'is_active'],
      expected: size.teams * 8,
      *rows() {
        for (let team = 0; team < size.teams; team += 1) {
          const members = new Set([Math.floor(size.users * at(TEAMS, team, 0) ** 2)]);
          const wanted = Math.min(size.users, 2 + below(13, MEMBERS, team, 0));
          for (let slot = 1; slot <= wanted; slot += 1) members.add(below(size.users, MEMBERS, team, slot));
          let place = 0;
          for (const user of members) {
            const role =
              place === 0
                ? 'owner'
                : choose(
                    [
                      ['viewer', 30],
                      ['contributor', 40],
                      ['editor', 25],
                      ['admin', 5],
                    ] as const,
                    MEMBERS,
                    team,
                    100 + place,
                  );
            yield [id(USERS, user), id(TEAMS, team), role, at(MEMBERS, team, 200 + place) < 0.95];
            place += 1;
          }
        }
      },
    },
    {
      name: 'projects',
      columns: ['id', 'owner_id', 'team_id', 'visibility', 'is_archived'],
      expected: size.projects,
      *rows() {
        for (let row = 0; row < size.projects; row += 1)
          yield [
            id(PROJECTS, row),
            owner(PROJECTS, row),
            at(PROJECTS, row, 1) < 0.6 ? id(TEAMS, below(size.teams, PROJECTS, row, 2)) : null,
            visibilityOf(PROJECTS, row),
            at(PROJECTS, row, 4) < 0.05,
          ];
      },
    },
    {
      name: 'project_teams',
      columns: ['project_id', 'team_id', 'access_level'],
      expected: size.projects / 5,
      *rows() {
        for (let row = 0; row < size.projects; row += 1)
          if (at(ATTACHED, row, 0) < 0.2)
            yield [
              id(PROJECTS, row),
              id(TEAMS, below(size.teams, ATTACHED, row, 1)),
              choose(
                [
                  ['read', 70],
                  ['write', 25],
                  ['admin', 5],
                ] as const,
                ATTACHED,
                row,
                2,
              ),
            ];
      },
    },
    {
      name: 'generations',
      columns: [
        'id',
        'owner_id',
        'project_id',
        'team_id',
        'parent_generation_id',
        'lineage',
        'visibility',
        'status',
        'kind',
        'created_at',
      ],
      expected: size.generations,
      *rows() {
        for (let row = 0; row < size.generations; row += 1) {
          const hasParent = row > 0 && at(GENERATIONS, row, 4) < 0.3;
          const parent = hasParent ? row - 1 - below(Math.min(row, 1_000), GENERATIONS, row, 5) : undefined;
          const place = at(GENERATIONS, row, 6);
          yield [
            id(GENERATIONS, row),
            owner(GENERATIONS, row),
            place < 0.5 ? id(PROJECTS, below(size.projects, GENERATIONS, row, 7)) : null,
            place >= 0.9 ? id(TEAMS, below(size.teams, GENERATIONS, row, 7)) : null,
            parent === undefined ? null : id(GENERATIONS, parent),
            parent === undefined
              ? 'original'
              : choose(
                  [
                    ['improve', 40],
                    ['iterate', 40],
                    ['fork', 10],
                    ['remix', 10],
                  ] as const,
                  GENERATIONS,
                  row,
                  8,
                ),
            visibilityOf(GENERATIONS, row),
            statusOf(row),
            kindOf(row),
            time(row),
          ];
        }
      },
    },
    {
      name: 'media',
      columns: [
        'id',
        'generation_id',
        'owner_id',
        'bucket',
        'path',
        'mime_type',
        'size_bytes',
        'sha256',
        'expires_at',
      ],
      expected: size.generations * 0.9,
      *rows() {
        for (let row = 0; row < size.generations; row += 1) {
          if (statusOf(row) !== 'completed') continue;
          const generation = id(GENERATIONS, row);
          const digest = [0, 1, 2, 3, 4, 5, 6, 7].map((slot) =>
            draw(seed, MEDIA, row, slot).toString(16).padStart(8, '0'),
          );
          yield [
            id(MEDIA, row),
            generation,
            owner(GENERATIONS, row),
            'media',
            `generations/${generation}/original`,
            MEDIA_OF[kindOf(row)],
            1_024 + below(50 * 1024 * 1024, MEDIA, row, 8),
            digest.join(''),
            null,
          ];
        }
      },
    },
  ];
}
