import type { CheckedBundle, Triple } from '../../src/dsl/check/bundle.ts';
import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import type { FactLine } from '../../src/server/facts/fact-line.ts';
import type { Chance } from './generate-chance.ts';
import type { Scenario, SourceState } from './scenario.ts';

const NOW = Date.parse('2026-01-05T10:00:00Z');
const MINUTE = 60_000;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** A random id that no record has. */
const NEW_ID = '5b0e7d92-41c8-4f6a-b3d7-86e2f9a01c54';
const STRANGE_IDS = ['', 'x', '00000000-0000-0000-0000-000000000000', '550e8400-e29b-41d4-a716-446655440000'];

/** Asks about the facts of the demo, mostly so that something could be permitted. */
export class DemoQuestions {
  readonly #bundle: CheckedBundle;
  readonly #ids = new Map<string, string[]>();
  readonly #lines: readonly FactLine[];

  constructor(bundle: CheckedBundle, lines: readonly FactLine[]) {
    this.#bundle = bundle;
    this.#lines = lines;
    for (const { type, id } of lines) {
      const ids = this.#ids.get(type);
      if (ids === undefined) this.#ids.set(type, [String(id)]);
      else ids.push(String(id));
    }
  }

  generate(chance: Chance): Scenario {
    const triple = chance.pick(this.#bundle.triples);
    const low = chance.integer(0, 10) * 10;
    const on = (map: ReadonlyMap<string, unknown>, percent: number): string[] =>
      [...map.keys()].filter(() => chance.percent(percent));
    const sources: Record<string, SourceState> = {};
    for (const name of [
      'geo.country',
      'geo.speed_kmh',
      'geo.distance_km',
      'media.token_valid',
      'anomaly.score',
    ]) {
      if (chance.percent(12)) sources[name] = chance.pick(['value', 'value', 'absent', 'failed', 'throws']);
    }
    return {
      request: this.#request(chance, triple),
      records: [],
      now: new Date(chance.percent(90) ? NOW : NOW + chance.pick([10, 13 * 60, -1]) * MINUTE).toISOString(),
      ...(chance.percent(15) ? { risk: { low, high: Math.min(100, low + chance.pick([0, 30])) } } : {}),
      modes: on(this.#bundle.modes, 5),
      overrides: on(this.#bundle.overrides, 30),
      exhausted: on(this.#bundle.limits, 2),
      sources,
    };
  }

  #request(chance: Chance, triple: Triple): AccessRequest {
    const action = this.#bundle.actions.get(triple.action)?.spelling ?? triple.action;
    const owned = this.#lines.filter((one) => one.type === triple.resource);
    const record = chance.pick(owned);
    const { owner } = record.attributes as { owner?: string };
    // Half of the time the owner asks: strangers get little.
    const subject = owner !== undefined && chance.percent(50) ? owner : this.#id(chance, triple.subject);
    const resource = triple.isNew && chance.percent(95) ? NEW_ID : String(record.id);
    return {
      subject: { type: triple.subject, id: chance.percent(2) ? chance.pick(STRANGE_IDS) : subject },
      action: { name: chance.percent(1) ? 'fly' : action },
      resource: {
        type: triple.resource,
        id: chance.percent(2) ? chance.pick(STRANGE_IDS) : resource,
        ...(triple.isNew || chance.percent(5)
          ? { properties: this.#changed(chance, record.attributes, 4) }
          : {}),
      },
      context: this.#context(chance),
    };
  }

  #id(chance: Chance, type: string): string {
    return chance.pick(this.#ids.get(type) ?? [NEW_ID]);
  }

  #context(chance: Chance): JsonObject {
    const at = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();
    const usually = <T>(value: T, other: T): T => (chance.percent(94) ? value : other);
    const ip = usually('203.0.113.7', chance.pick(['198.51.100.9', '2001:db8::1', '10.0.0.1']));
    const session = {
      id: 'ade0573e-615c-42c7-b0b6-04abceb72efe',
      started_at: at(usually(60, 800)),
      last_active_at: at(usually(2, 45)),
      ip: usually(ip, '203.0.113.8'),
      user_agent: AGENT,
      ...(chance.percent(70) ? { mfa_at: at(usually(5, 20)) } : {}),
    };
    return {
      ip,
      tls: chance.percent(97),
      session: this.#changed(chance, session, 2),
      ...(chance.percent(90) ? { user_agent: chance.percent(90) ? AGENT : 'curl/8.0' } : {}),
      ...(chance.percent(40) ? { token: 'v1.token', method: 'GET' } : {}),
      ...(chance.percent(30) ? { emergency: { ticket: 'INC-1' } } : {}),
      ...(chance.percent(4) ? { ip: 'nowhere' } : {}),
    };
  }

  /** Values of which a few are missing or of another type. */
  #changed(chance: Chance, values: JsonObject, percent: number): JsonObject {
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
        if (!chance.percent(percent)) return [[name, value]];
        return chance.percent(50) ? [] : [[name, chance.pick<unknown>([17, '???', null, [], {}])]];
      }),
    );
  }
}
