import type { Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';

/** Small stocks, so that what policies ask for is what requests bring. */
export const INTEGERS = [0, 1, 2, 3, -1, 9007199254740991] as const;
export const FLOATS = ['0.5', '1.5', '0.25', '2.0'] as const;
export const STRINGS = [
  'a',
  'b',
  'ab',
  'FR',
  'a-1',
  '',
  'ä"\n',
  '/a/b',
  '__proto__',
  '01949a3c-8f00-7cc2-b6d1-3a5f0e9d7b24',
] as const;
export const ADDRESSES = ['10.0.0.1', '10.1.2.3', '203.0.113.7', '::1', '2001:db8::1'] as const;
export const NETWORKS = [
  '10.0.0.0/8',
  '10.0.0.0/30',
  '203.0.113.0/24',
  '2001:db8::/32',
  '0.0.0.0/0',
] as const;
export const TIMES = [
  '2026-01-01T00:00:00Z',
  '2026-01-05T09:50:00Z',
  '2026-01-05T10:00:00Z',
  '2026-01-05T10:15:00Z',
  '2027-03-01T00:00:00Z',
] as const;
export const DURATIONS = ['10m', '15m', '1h', '500ms', '2d', '0s'] as const;

/** How the ids of an entity are spelt. */
export type KeyType = 'string' | 'uuid' | 'int';
/** A few ids of each kind. The last is kept for what is created. */
export const IDS: Readonly<Record<KeyType, readonly string[]>> = {
  string: ['n1', 'n2', 'n3'],
  int: ['1', '2', '30'],
  uuid: [
    '0b7f4d1e-6a52-4c3f-9d18-2e5a7c94f306',
    '7c1e9a34-58d2-4b6f-a0e7-31f6d8425b9c',
    'e2a85c07-94f3-4d1b-8b6e-d0573c9f1a42',
  ],
};

interface Names {
  readonly enums: ReadonlyMap<string, { readonly members: readonly string[] }>;
  readonly plainRoles: readonly string[];
  readonly keys: ReadonlyMap<string, KeyType>;
}

/** Whether there is a way to write a value of the type. */
export function hasLiteral(type: Type, { plainRoles }: Names): boolean {
  if (type.kind === 'enum') return type.name !== 'role' || plainRoles.length > 0;
  return ['bool', 'int', 'float', 'string', 'ip', 'cidr', 'time', 'duration', 'reference'].includes(
    type.kind,
  );
}

/** A literal of the type; a member of an enum is bare only where the place is `typed`. */
export function literal(chance: Chance, type: Type, names: Names, place: 'typed' | 'untyped'): string {
  switch (type.kind) {
    case 'bool':
      return chance.pick(['true', 'false']);
    case 'int':
      return String(chance.pick(INTEGERS));
    case 'float':
      return chance.pick(FLOATS);
    case 'string':
      return chance.percent(10) ? 'r"a\\b"' : JSON.stringify(chance.pick(STRINGS));
    case 'ip':
      return `ip("${chance.pick(ADDRESSES)}")`;
    case 'cidr':
      return `cidr("${chance.pick(NETWORKS)}")`;
    case 'time':
      return `time("${chance.pick(TIMES)}")`;
    case 'duration':
      return chance.pick(DURATIONS);
    case 'reference': {
      const entity = chance.pick(type.entities);
      const id = chance.pick(IDS[names.keys.get(entity) ?? 'string']);
      return `${entity}("${chance.percent(20) ? id.toUpperCase() : id}")`;
    }
    case 'enum': {
      const member = chance.pick(
        type.name === 'role' ? names.plainRoles : (names.enums.get(type.name)?.members ?? []),
      );
      return place === 'typed' && chance.percent(80) ? member : `${type.name}.${member}`;
    }
    default:
      throw new Error(`no literal of ${type.kind}`);
  }
}
