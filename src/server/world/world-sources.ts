import type { Builtin, WorldSource } from '../../dsl/builtins/builtin.ts';
import { BUILTINS } from '../../dsl/builtins/registry.ts';
import type { WorldSources } from '../ports.ts';

/** The sources that are configured, and for every builtin that needs one whether it has it. */
export function worldSources(
  sources: Readonly<Record<string, WorldSource>>,
  builtins: readonly Builtin[] = BUILTINS,
): WorldSources {
  const status: Record<string, 'configured' | 'absent'> = {};
  for (const { name, evaluate } of builtins) {
    if (evaluate === undefined) status[name] = Object.hasOwn(sources, name) ? 'configured' : 'absent';
  }
  return { sources, status };
}
