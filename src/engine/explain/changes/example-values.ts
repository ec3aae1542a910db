import { parseId } from '../../../dsl/types/entity-id.ts';
import type { Schema } from '../../../dsl/types/schema.ts';
import type { Type } from '../../../dsl/types/types.ts';
import {
  emptyRecord,
  IpAddress,
  IpNetwork,
  Reference,
  type Value,
  ValueMap,
  ValueSet,
} from '../../../dsl/types/values.ts';

/** Some values of a type, the same every time; times are `now`. */
export function exampleValues(type: Type, now: number, schema: Schema): readonly Value[] {
  switch (type.kind) {
    case 'bool':
      return [true, false];
    case 'int':
    case 'float':
      return [1, 0, 2];
    case 'string':
      return ['example', 'another', ''];
    case 'uuid':
      return EXAMPLE_IDS;
    case 'ip':
      return EXAMPLE_ADDRESSES;
    case 'cidr':
      return EXAMPLE_ADDRESSES.map((address) => new IpNetwork(address, address.family === 4 ? 32 : 128));
    case 'time':
      return [now, now + 1];
    case 'duration':
      return [0, 1];
    case 'enum':
      return schema.enums.get(type.name)?.members ?? [];
    case 'reference':
      return type.entities.flatMap((entity) => exampleReferences(entity, schema));
    case 'set':
      return [new ValueSet(new Map())];
    case 'list':
      return [[]];
    case 'map':
      return [new ValueMap(new Map(), new Map())];
    case 'record': {
      const record = emptyRecord();
      for (const [name, attribute] of type.attributes) {
        if (attribute.optional) continue;
        const [value] = exampleValues(attribute.type, now, schema);
        if (value === undefined) return [];
        record[name] = value;
      }
      return [record];
    }
    default:
      return [];
  }
}

function exampleReferences(entity: string, schema: Schema): readonly Reference[] {
  const info = schema.entities.get(entity);
  if (info === undefined) return [];
  const ids = info.keyType === 'int' ? ['1', '2'] : EXAMPLE_IDS;
  return ids.flatMap((id) => (parseId(info, id) === id ? [new Reference(entity, id)] : []));
}

/** Version 4, made up once. */
const EXAMPLE_IDS: readonly string[] = [
  '5f0c9a1e-7d34-4b62-9e8a-2c41d6b3f708',
  'c2a7e80d-13f5-4968-b0d4-97e5613fa28b',
];
/** From the ranges that RFC 5737 and RFC 3849 set aside for documentation. */
export const EXAMPLE_ADDRESSES: readonly IpAddress[] = [
  new IpAddress(4, '192.0.2.1', [0xc0000201]),
  new IpAddress(4, '198.51.100.1', [0xc6336401]),
  new IpAddress(4, '203.0.113.1', [0xcb007101]),
  new IpAddress(6, '2001:db8::1', [0x20010db8, 0, 0, 1]),
];
