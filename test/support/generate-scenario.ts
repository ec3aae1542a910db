import type { CheckedBundle, Triple } from '../../src/dsl/check/bundle.ts';
import type { AttributeInfo, EntityInfo } from '../../src/dsl/types/schema.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import type { Chance } from './generate-chance.ts';
import {
  ADDRESSES,
  DURATIONS,
  FLOATS,
  IDS,
  INTEGERS,
  NETWORKS,
  STRINGS,
  TIMES,
} from './generate-literals.ts';
import { isKept, type Scenario, type ScenarioRecord, type SourceState } from './scenario.ts';

/** Values to choose from where a bundle asks for special ones. */
export interface Stock {
  readonly strings: readonly string[];
  readonly ids: (entity: EntityInfo) => readonly string[];
}
const PLAIN_STOCK: Stock = { strings: STRINGS, ids: ({ keyType }) => IDS[keyType] };

/** A random question to a bundle, whatever the bundle. */
export function generateScenario(
  chance: Chance,
  bundle: CheckedBundle,
  stock: Stock = PLAIN_STOCK,
): Scenario {
  return new ScenarioMaker(chance, bundle, stock).make();
}

/** Names that mean something to JavaScript, and nothing to a policy. */
export const POLLUTING: readonly string[] = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

/** What fits no type at all. */
const ALIENS: readonly unknown[] = [
  '???',
  1.5,
  true,
  {},
  [],
  { id: {} },
  [[]],
  JSON.parse('{"__proto__": {"flag": true}}'),
];
/** What only looks as if it fitted a type, the ends of its range among it. */
const MISFITS: Readonly<Record<Type['kind'], readonly unknown[]>> = {
  bool: ['true', 0, 1],
  int: [2 ** 53, -(2 ** 53), 1e300, 0.5, '1', -0],
  float: ['0.5', 1.7976931348623157e308, 5e-324, -1e308],
  string: [1, false, ['a'], '\ud800', 'a'.repeat(300)],
  uuid: ['0b7f4d1e6a524c3f9d182e5a7c94f306', '0b7f4d1e-6a52-4c3f-9d18', '{}'],
  ip: ['10.0.0', '010.0.0.1', '10.0.0.256', 'fe80::1%eth0', '::ffff:10.0.0.1', 167772161],
  cidr: ['10.0.0.0/33', '10.0.0.1/8', '10.0.0.0', '::/129'],
  time: [
    '2026-02-30T00:00:00Z',
    '2026-01-05',
    '2026-01-05T10:00:00',
    1767607200000,
    '+275760-09-13T00:00:00.001Z',
  ],
  duration: ['1h30', '-1h', 'PT', '9007199254740993ms', 900, 'P1Y'],
  enum: ['LOW', 'nobody', '__proto__', 0],
  reference: [
    '',
    7,
    { id: 'n1', type: 'alien' },
    { id: 'n1', type: '__proto__' },
    { type: 'user' },
    { id: '' },
  ],
  set: [{}, ['a', 7, null], 'a', [['a']]],
  list: [{}, ['a', 7, null], 'a', [['a']]],
  map: [[], 'a', { '': 1 }, [['a', 1]]],
  record: [[], 'a', { at: 1 }, { owner: { owner: {} } }],
  risk: [],
};

class ScenarioMaker {
  readonly #chance: Chance;
  readonly #bundle: CheckedBundle;
  readonly #stock: Stock;
  /** In how many of 100 places something is wrong. */
  readonly #sloppiness: number;

  constructor(chance: Chance, bundle: CheckedBundle, stock: Stock) {
    this.#chance = chance;
    this.#bundle = bundle;
    this.#stock = stock;
    this.#sloppiness = chance.weighted([[6, 0] as const, [2, 3] as const, [2, 12] as const]);
  }

  make(): Scenario {
    const chance = this.#chance;
    const bundle = this.#bundle;
    const triple = chance.pick(bundle.triples);
    const request = this.#request(triple);
    const isSloppy = this.#sloppiness > 0;
    const names = (map: ReadonlyMap<string, unknown>, percent: number): string[] =>
      [...map.keys()].filter(() => chance.percent(percent));
    const builtins = [
      'geo.country',
      'geo.distance_km',
      'geo.speed_kmh',
      'media.token_valid',
      'anomaly.score',
    ];
    const sources: Record<string, SourceState> = {};
    for (const name of builtins) {
      const state = chance.weighted([
        [8, 'value'] as const,
        [2, 'absent'] as const,
        [isSloppy ? 2 : 0, 'failed'] as const,
        [isSloppy ? 1 : 0, 'throws'] as const,
        [2, undefined] as const,
      ]);
      if (state !== undefined) sources[name] = state;
    }
    const low = chance.integer(0, 10) * 10;
    return {
      request,
      records: this.#records(triple, request),
      now: chance.pick(TIMES),
      ...(chance.percent(20)
        ? { risk: { low, high: Math.min(100, low + chance.pick([0, 0, 20, 60])) } }
        : {}),
      modes: names(bundle.modes, 12),
      overrides: names(bundle.overrides, 40),
      exhausted: names(bundle.limits, 8),
      sources,
    };
  }

  #isSloppy(): boolean {
    return this.#sloppiness > 0 && this.#chance.percent(this.#sloppiness);
  }

  // ------------------------------------------------------------------------------------------------- requests

  #request(triple: Triple): AccessRequest {
    const chance = this.#chance;
    const { bundle, stock } = { bundle: this.#bundle, stock: this.#stock };
    const entity = (name: string): EntityInfo => bundle.entities.get(name) as EntityInfo;
    const isAlien = (): boolean => this.#isSloppy() && chance.percent(30);
    const alien = (): string => chance.pick(['alien', ...POLLUTING]);
    const action = isAlien() ? alien() : (bundle.actions.get(triple.action)?.spelling ?? '');
    const subject = entity(triple.subject);
    const resource = entity(triple.resource);
    const isNewId = triple.isNew && !chance.percent(8);
    const ids = stock.ids(resource);
    return {
      subject: {
        type: isAlien() ? alien() : triple.subject,
        id: isAlien() ? chance.pick(['', ...POLLUTING]) : chance.pick(stock.ids(subject).slice(0, 2)),
        ...this.#properties(subject, false),
      },
      action: { name: action, ...this.#given(triple.actionAttributes) },
      resource: {
        type: isAlien() ? alien() : triple.resource,
        // The last id is kept for what is created.
        id: isNewId ? (ids.at(-1) ?? '') : chance.pick(ids.slice(0, 2)),
        ...this.#properties(resource, triple.isNew),
      },
      context: this.#given(triple.contextAttributes).properties ?? {},
    };
  }

  #properties(entity: EntityInfo, isNew: boolean): { properties?: JsonObject } {
    const taken = [...entity.attributes.values()].filter(
      (one) =>
        one.closure === undefined && (isNew || takenFromRequest(entity, one) || this.#chance.percent(3)),
    );
    return this.#given(new Map(taken.map((one) => [one.name, one])));
  }

  #given(attributes: ReadonlyMap<string, AttributeInfo>): { properties?: JsonObject } {
    if (attributes.size === 0 && !this.#isSloppy()) return {};
    const properties: Record<string, unknown> = this.#attributes(attributes.values());
    if (!this.#isSloppy()) return { properties };
    const name = this.#chance.pick(['alien', ...POLLUTING]);
    const value = this.#chance.pick<unknown>([1, 'x', null, {}, { roles: ['chief'], flag: true }]);
    // Not an assignment: that of `__proto__` would set no attribute.
    return { properties: Object.fromEntries([...Object.entries(properties), [name, value]]) };
  }

  // --------------------------------------------------------------------------------------------------- facts

  #records(triple: Triple, request: AccessRequest): ScenarioRecord[] {
    const chance = this.#chance;
    const records: ScenarioRecord[] = [];
    for (const entity of this.#bundle.entities.values()) {
      const ids = this.#stock.ids(entity);
      for (const [index, id] of ids.entries()) {
        const isAsked =
          (entity.name === request.subject.type && id === request.subject.id) ||
          (entity.name === request.resource.type && id === request.resource.id);
        const isNew = triple.isNew && entity.name === triple.resource && index === ids.length - 1;
        if (isNew ? !chance.percent(3) : chance.percent(isAsked ? 3 : 12)) continue;
        const unavailable = this.#isSloppy() && chance.percent(25);
        const live =
          entity.storage === 'supplied'
            ? [...entity.attributes.values()].filter(isLive)
            : [...entity.attributes.values()];
        if (entity.storage === 'supplied' && live.length === 0) continue;
        const attributes = this.#attributes(live.filter((one) => isKept(entity, one)));
        records.push({ type: entity.name, id, ...(unavailable ? { unavailable } : {}), attributes });
      }
    }
    return records;
  }

  #attributes(attributes: Iterable<AttributeInfo>): Record<string, unknown> {
    const given: Record<string, unknown> = {};
    for (const one of attributes) {
      const mayBeAbsent = one.optional || one.default !== undefined || one.source === 'suppliedOrStored';
      const isAbsent = mayBeAbsent ? this.#chance.percent(40) : this.#isSloppy();
      if (isAbsent) {
        if (this.#chance.percent(20)) given[one.spelling] = null;
      } else given[one.spelling] = this.#json(one.type);
    }
    return given;
  }

  // -------------------------------------------------------------------------------------------------- values

  #json(type: Type): unknown {
    const chance = this.#chance;
    if (this.#isSloppy()) return chance.pick(chance.percent(50) ? ALIENS : MISFITS[type.kind]);
    switch (type.kind) {
      case 'bool':
        return chance.percent(50);
      case 'int':
        return chance.pick(INTEGERS);
      case 'float':
        return Number(chance.pick(FLOATS));
      case 'string':
        return chance.pick(this.#stock.strings);
      case 'uuid':
        return chance.percent(20) ? chance.pick(IDS.uuid).toUpperCase() : chance.pick(IDS.uuid);
      case 'ip':
        return chance.percent(10) ? '::ffff:10.0.0.1' : chance.pick(ADDRESSES);
      case 'cidr':
        return chance.pick(NETWORKS);
      case 'time':
        return chance.pick(TIMES);
      case 'duration':
        return chance.pick(DURATIONS);
      case 'enum': {
        const spellings = [...(this.#bundle.enums.get(type.name)?.bySpelling.keys() ?? [])];
        return spellings.length === 0 ? '???' : chance.pick(spellings);
      }
      case 'reference':
        return this.#reference(type.entities);
      case 'set':
      case 'list':
        return Array.from({ length: chance.integer(0, 3) }, () => this.#json(type.element));
      case 'map': {
        const size = chance.integer(0, 3);
        const keys = Array.from({ length: size }, () => this.#json(type.key));
        return Object.fromEntries(keys.map((key) => [String(key), this.#json(type.value)]));
      }
      case 'record': {
        const record: Record<string, unknown> = {};
        for (const [name, one] of type.attributes) {
          if (one.optional ? chance.percent(60) : !this.#isSloppy()) record[name] = this.#json(one.type);
        }
        return record;
      }
      case 'risk':
        throw new Error('risk is no attribute');
    }
  }

  #reference(entities: readonly string[]): unknown {
    const chance = this.#chance;
    const type = chance.pick(entities);
    const entity = this.#bundle.entities.get(type) as EntityInfo;
    const id = chance.pick(this.#stock.ids(entity));
    const named = entities.length > 1 ? { type, id } : { id };
    if (entity.storage === 'supplied' && chance.percent(60))
      return { ...named, ...this.#properties(entity, false) };
    return entities.length > 1 ? named : id;
  }
}

function takenFromRequest(entity: EntityInfo, { source }: AttributeInfo): boolean {
  return (
    source === 'supplied' ||
    source === 'suppliedOrStored' ||
    (entity.storage === 'supplied' && source !== 'live')
  );
}

function isLive({ source }: AttributeInfo): boolean {
  return source === 'live';
}
