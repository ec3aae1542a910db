import type { AccessRequest } from '../../src/engine/decide/types.ts';
import type { FactLine } from '../../src/server/facts/fact-line.ts';

/** From the least to the most. */
export const TEAM_ROLES = ['viewer', 'contributor', 'editor', 'admin', 'owner'] as const;
export const ACCESS_LEVELS = ['read', 'write', 'admin'] as const;
/** Each role with those that it extends. */
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  viewer: ['viewer'],
  contributor: ['contributor', 'viewer'],
  editor: ['editor', 'contributor', 'viewer'],
  admin: ['admin', 'editor', 'contributor', 'viewer'],
  on_call: ['on_call', 'viewer'],
  incident_commander: ['incident_commander', 'admin', 'editor', 'contributor', 'viewer'],
};

/** The facts that bear on one question, as plain data: from them each peer is given what it takes. */
export interface Scene {
  readonly action: string;
  readonly subject: FactLine;
  readonly resource: FactLine;
  readonly owner: FactLine;
  /** Of media. */
  readonly generation: FactLine | undefined;
  readonly project: FactLine | undefined;
  /** Teams of the resource, its generation and its project, and those attached. */
  readonly teams: readonly FactLine[];
}

/** Finds the records that bear on questions. */
export class Scenes {
  readonly #records: ReadonlyMap<string, FactLine>;

  constructor(lines: readonly FactLine[]) {
    this.#records = new Map(lines.map((line) => [`${line.type}:${line.id}`, line]));
  }

  /** Undefined when a record that the question needs is not there. */
  of({ subject, action, resource }: AccessRequest): Scene | undefined {
    const asking = this.#record('user', subject.id);
    const thing = this.#record(resource.type, resource.id);
    const owner = this.#record('user', thing?.attributes['owner']);
    if (asking === undefined || thing === undefined || owner === undefined) return undefined;
    const generation = this.#record('generation', thing.attributes['generation']);
    const project = this.#record('project', (generation ?? thing).attributes['project']);
    const places = [thing, generation, project].map((line) => line?.attributes['team']);
    const attached = Object.keys((project ?? thing).attributes['attached'] ?? {});
    const ids = new Set([...places, ...attached, thing.type === 'team' ? thing.id : undefined]);
    const teams = [...ids].map((id) => this.#record('team', id)).filter((team) => team !== undefined);
    return { action: action.name, subject: asking, resource: thing, owner, generation, project, teams };
  }

  #record(type: string, id: unknown): FactLine | undefined {
    return this.#records.get(`${type}:${String(id)}`);
  }
}
