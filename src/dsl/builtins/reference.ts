import { showType } from '../types/types.ts';
import type { Builtin, BuiltinParameter, Purity } from './builtin.ts';
import { builtinFamilies } from './registry.ts';

const PURITY: Readonly<Record<Purity, string>> = {
  pure: 'Pure: it needs its arguments only.',
  clock: 'Clock: it reads `now`.',
  live: 'Live: it asks the world, so that what it says is never kept; absent where its source is not configured.',
};

/** The reference of all builtins as Markdown, a section a family, each heading one level below `level`. */
export function builtinReference(level = 2): string {
  const sections: string[] = [];
  for (const [family, builtins] of builtinFamilies()) {
    sections.push(`${'#'.repeat(level + 1)} ${family}`);
    for (const builtin of builtins) sections.push(entryOf(builtin, level + 2));
  }
  return `${sections.join('\n\n')}\n`;
}

/** `uuid.version(id: string): int`; a question mark after the type of what may be absent. */
export function signatureOf(builtin: Builtin): string {
  const parameters = builtin.parameters.map((one, index) => parameterOf(builtin, one, index));
  return `${builtin.name}(${parameters.join(', ')}): ${showType(builtin.returns)}${builtin.mayBeAbsent ? '?' : ''}`;
}

function parameterOf({ literals }: Builtin, { name, type }: BuiltinParameter, index: number): string {
  const isLiteral = literals?.includes(index) === true;
  return `${name}: ${typeText(type)}${isLiteral ? ' literal' : ''}`;
}

function typeText(type: BuiltinParameter['type']): string {
  switch (type.kind) {
    case 'anyCollection':
      return 'set, list or map';
    case 'anySet':
      return 'set';
    default:
      return showType(type);
  }
}

function entryOf(builtin: Builtin, level: number): string {
  const width = Math.max(...builtin.examples.map(({ call }) => call.length));
  const examples = builtin.examples.map(({ call, result }) => `${call.padEnd(width)}  // ${result}`);
  return [
    `${'#'.repeat(level)} \`${signatureOf(builtin)}\``,
    `${builtin.summary} ${PURITY[builtin.purity]}`,
    ['```velro', ...examples, '```'].join('\n'),
  ].join('\n\n');
}
