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

/** Some value of a type, the same every time; times are `now`. */
export function exampleValue(type: Type, now: number, schema: Schema): Value | undefined {
  switch (type.kind) {
    case 'bool':
      return true;
    case 'int':
    case 'float':
      return 1;
    case 'string':
      return 'example';
    case 'uuid':
      return EXAMPLE_UUID;
    case 'ip':
      return EXAMPLE_ADDRESS;
    case 'cidr':
      return new IpNetwork(new IpAddress(4, '192.0.2.0', [0xc0000200]), 24);
    case 'time':
      return now;
    case 'duration':
      return 0;
    case 'enum':
      return schema.enums.get(type.name)?.members[0];
    case 'reference': {
      const [entity] = type.entities;
      return entity === undefined ? undefined : new Reference(entity, EXAMPLE_UUID);
    }
    case 'set':
      return new ValueSet(new Map());
    case 'list':
      return [];
    case 'map':
      return new ValueMap(new Map(), new Map());
    case 'record': {
      const record = emptyRecord();
      for (const [name, attribute] of type.attributes) {
        if (!attribute.optional) record[name] = exampleValue(attribute.type, now, schema);
      }
      return record;
    }
    default:
      return undefined;
  }
}

/** Version 4, made up once. */
const EXAMPLE_UUID = '5f0c9a1e-7d34-4b62-9e8a-2c41d6b3f708';
/** From the range that RFC 5737 sets aside for documentation. */
const EXAMPLE_ADDRESS = new IpAddress(4, '192.0.2.1', [0xc0000201]);
