import { findBuiltin } from '../../../../src/dsl/builtins/registry.ts';
import type { Value } from '../../../../src/dsl/types/values.ts';

const WORLD = { now: 0, sources: {} };

function ask(name: string, id: string): unknown {
  const args: readonly Value[] = [id];
  return findBuiltin(name)?.evaluate?.(args, WORLD);
}

/** True of ids that rules about the quality of ids let pass, asked through the builtins that such rules use. */
export function isValidTestId(id: string): boolean {
  return (
    ask('uuid.is_valid', id) === true &&
    ask('uuid.version', id) === 4 &&
    Number(ask('uuid.top_digit_share', id)) < 0.4 &&
    Number(ask('uuid.longest_run', id)) < 0.3 * 32 &&
    Number(ask('uuid.entropy', id)) > 2.5
  );
}
