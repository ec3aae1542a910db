import { IpAddress, IpNetwork, Reference, type Value } from '../types/values.ts';
import type { CheckedExpression } from './checked.ts';

/** The text of a path such as `subject.teams[resource.team]`, the same for all ways to write it; undefined of anything else. */
export function pathOf(node: CheckedExpression): string | undefined {
  return print(node, false);
}

/** A path as a reader of the policy would write it. */
export function showPath(node: CheckedExpression): string {
  return print(node, true) ?? '…';
}

function print(node: CheckedExpression, forPeople: boolean): string | undefined {
  switch (node.kind) {
    case 'variable':
      return node.name;
    case 'local':
      return forPeople ? node.name : `$${node.slot}`;
    case 'identifier': {
      const object = print(node.object, forPeople);
      return object === undefined ? undefined : `${object}.id`;
    }
    case 'attribute': {
      const object = print(node.object, forPeople);
      return object === undefined ? undefined : `${object}.${node.name}`;
    }
    case 'index': {
      const object = print(node.object, forPeople);
      const key = print(node.key, forPeople);
      return object === undefined || key === undefined ? undefined : `${object}[${key}]`;
    }
    case 'constant':
      return printConstant(node.value, node.type.kind === 'enum');
    case 'call': {
      const args = node.arguments.map((one) => print(one, forPeople));
      return args.includes(undefined) ? undefined : `${node.builtin.name}(${args.join(', ')})`;
    }
    default:
      return undefined;
  }
}

function printConstant(value: Value, isMember: boolean): string | undefined {
  if (isMember && typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Reference) return `${value.type}(${JSON.stringify(value.id)})`;
  if (value instanceof IpAddress) return `ip("${value.text}")`;
  if (value instanceof IpNetwork) return `cidr("${value.text}")`;
  return undefined;
}
