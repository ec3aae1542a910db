import { MAXIMUM_ELEMENTS } from '../../dsl/types/decode.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import { showType, type Type } from '../../dsl/types/types.ts';

/** So many members of an enum are named. */
const MAXIMUM_NAMED = 20;

/** What JSON must be to be a value of a type, for whoever wrote something else. */
export function expectationOf(type: Type, schema: Schema): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number within ±(2^53−1)';
    case 'float':
      return 'a number';
    case 'string':
      return 'a string';
    case 'uuid':
      return 'a UUID';
    case 'ip':
      return 'an IP address';
    case 'cidr':
      return 'a network such as `10.0.0.0/8`';
    case 'time':
      return 'a time in RFC 3339';
    case 'duration':
      return 'a duration such as `15m` or `PT15M`';
    case 'enum':
      return membersOf(type.name, schema);
    case 'reference':
      return type.entities.length === 1
        ? `the id of a ${type.entities[0]}`
        : `{type, id} with one of the types ${type.entities.join(', ')}`;
    case 'set':
    case 'list':
      return `an array of at most ${MAXIMUM_ELEMENTS}, each ${expectationOf(type.element, schema)}`;
    case 'map':
      return `an object of at most ${MAXIMUM_ELEMENTS} keys, as \`${showType(type)}\``;
    case 'record':
      return `an object \`${showType(type)}\``;
    case 'risk':
      return 'left out';
  }
}

function membersOf(name: string, schema: Schema): string {
  const spellings = [...(schema.enums.get(name)?.bySpelling.keys() ?? [])];
  const more = spellings.length > MAXIMUM_NAMED ? ` and ${spellings.length - MAXIMUM_NAMED} more` : '';
  return `a member of ${name}: ${spellings.slice(0, MAXIMUM_NAMED).join(', ')}${more}`;
}
