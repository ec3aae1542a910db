import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import type { Chance } from './generate-chance.ts';
import { ADDRESSES, STRINGS, TIMES } from './generate-literals.ts';
import { POLLUTING } from './generate-scenario.ts';

const NAMES: readonly string[] = [
  ...POLLUTING,
  'id',
  'type',
  'properties',
  'valueOf',
  'length',
  'then',
  'kind',
  '',
  'roles',
  'detail',
  'owner',
  'parent',
  'groups',
  'tags',
  'places',
  'ranks',
  'session',
  'device',
];
const SCALARS: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  0.1,
  2 ** 53,
  -1e308,
  ...STRINGS,
  ...ADDRESSES,
  ...TIMES,
  ...NAMES,
  'PT99999999H',
  '255.255.255.255/33',
  '+275760-09-13T00:00:00.001Z',
  '\ud800',
  '0'.repeat(400),
];

/** Any JSON, with a liking for what has undone others. */
function hostileJson(chance: Chance, depth: number): unknown {
  const shape = chance.integer(1, depth > 0 ? 4 : 2);
  if (shape <= 2) return chance.pick(SCALARS);
  if (shape === 3) return Array.from({ length: chance.integer(0, 3) }, () => hostileJson(chance, depth - 1));
  return hostileObject(chance, depth - 1);
}

function hostileObject(chance: Chance, depth: number): JsonObject {
  const names = Array.from({ length: chance.integer(0, 4) }, () => chance.pick(NAMES));
  // Not by assignment: that of `__proto__` would set no attribute.
  return Object.fromEntries(names.map((name) => [name, hostileJson(chance, depth)]));
}

/** A request of which some values, names and types are anything at all. */
export function hostileRequest(chance: Chance, request: AccessRequest): AccessRequest {
  const depth = chance.integer(1, 4);
  const spoilt = (given: JsonObject | undefined): JsonObject => ({
    ...given,
    // The names that the schema knows, with values that it does not.
    ...Object.fromEntries(
      chance.some(Object.keys(given ?? {}), 2).map((name) => [name, hostileJson(chance, depth)]),
    ),
    ...hostileObject(chance, depth),
  });
  const named = (text: string): string => (chance.percent(6) ? chance.pick(NAMES) : text);
  const { subject, action, resource, context } = request;
  return {
    subject: { type: named(subject.type), id: named(subject.id), properties: spoilt(subject.properties) },
    action: { name: named(action.name), properties: spoilt(action.properties) },
    resource: { type: named(resource.type), id: named(resource.id), properties: spoilt(resource.properties) },
    context: spoilt(context),
  };
}
