import { DEPENDENCIES } from '../../src/dsl/check/emergency.ts';
import { AUDIT_LEVELS } from '../../src/dsl/syntax/ast.ts';
import type { Chance } from './generate-chance.ts';
import { documentation, optional, type Tree } from './generate-tree.ts';

/** What is said of keeping verdicts, of deadlines and of the audit trail: it bears on no verdict. */
export function generatePolicies(
  chance: Chance,
  scope: () => string,
  redactable: readonly string[],
): readonly Tree[] {
  const line = (text: string): Tree => optional(`${documentation(chance)}${text}\n`);
  const maybe = (percent: number, text: string): string => (chance.percent(percent) ? text : '');
  const lines: (() => Tree | undefined)[] = [
    () => {
      const kept = `${maybe(50, ` shared ${chance.pick(['10m', '1h'])}`)}${maybe(50, ' stale 30s')}`;
      return line(
        `cache ${chance.pick(['permit', 'deny'])}: ${scope()} for ${chance.pick(['3m', '90s'])}${kept}`,
      );
    },
    () => line(`never cache: ${scope()}`),
    () => line(`deadline: ${scope()} within ${chance.pick(['75ms', '1s'])}`),
    () => line('deadline authentication within 50ms'),
    () => {
      const verdict = chance.pick(['permit', 'deny']);
      const level = chance.pick(AUDIT_LEVELS);
      const rest = `${maybe(50, ' durable')}${maybe(50, ` sample ${chance.pick(['10%', '0.5%', '100%'])}`)}`;
      return line(`audit ${verdict}: ${scope()} at ${level}${rest}`);
    },
    () => {
      if (redactable.length === 0) return undefined;
      return line(`redact ${chance.pick(redactable)} ${chance.pick(['hash', 'drop'])}`);
    },
    () => line(`retain ${chance.integer(1, 400)}d`),
  ];
  return Array.from({ length: chance.integer(0, 4) }, () => chance.pick(lines)()).filter(
    (one) => one !== undefined,
  );
}

/** What happens when a dependency is gone, at most one line for each. */
export function generateLosses(chance: Chance, modes: readonly string[]): readonly Tree[] {
  return chance.some(DEPENDENCIES, chance.integer(0, 2)).map((dependency) => {
    const then = chance.percent(50) ? 'continue' : `enter ${chance.pick(modes)}`;
    return optional(`${documentation(chance)}loss of ${dependency}: ${then}\n`);
  });
}
