import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import type { CodeWriter } from '../compile/generate/code-writer.ts';
import { askedOf } from '../compile/generate/first-of.ts';
import { writtenAfter } from '../compile/generate/written-after.ts';
import type { SignalStep } from './triple-plan.ts';
import type { Risk } from './types.ts';

/** Computes the risk that signals make up. */
export type AssessRisk = (input: DecisionInput) => Risk;

/** Signals that are certainly true count at both ends, unknown ones at the upper end; both ends end at 100. */
export function riskAssessor(signals: readonly SignalStep[], compiler: Compiler): AssessRisk {
  return writtenAfter(
    compiler.writeAfter,
    () => (input) => addUp(signals, input),
    (writer) => writeSum(signals, writer, compiler),
  );
}

/** The statements of {@link addUp}. */
function writeSum(signals: readonly SignalStep[], writer: CodeWriter, compiler: Compiler): string {
  const statements = signals.map(({ signal, condition }) => {
    const weight = writer.bind(signal.weight);
    return `if (${writer.part(askedOf(condition, 'possibly', compiler))}) {
      high += ${weight};
      if (${writer.part(askedOf(condition, 'certainly', compiler))}) low += ${weight};
    }`;
  });
  return `let low = 0;
    let high = 0;
    ${statements.join('\n')}
    return { low: Math.min(low, 100), high: Math.min(high, 100) };`;
}

function addUp(signals: readonly SignalStep[], input: DecisionInput): Risk {
  let low = 0;
  let high = 0;
  for (const { signal, certainly, possibly } of signals) {
    if (!possibly(input)) continue;
    high += signal.weight;
    if (certainly(input)) low += signal.weight;
  }
  return { low: Math.min(low, 100), high: Math.min(high, 100) };
}
