import { formatTime } from '../../dsl/types/parse-time.ts';
import type { Verdict } from '../decide/types.ts';
import type { Change, Explanation, LayerExplanation, Obstacle, ReadValue, RuleExplanation } from './types.ts';

export interface RenderOptions {
  readonly color?: boolean;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
const ESCAPES: Readonly<Record<Style, readonly [string, string]>> = {
  bold: ['\u001B[1m', '\u001B[22m'],
  dim: ['\u001B[2m', '\u001B[22m'],
  red: ['\u001B[31m', '\u001B[39m'],
  green: ['\u001B[32m', '\u001B[39m'],
  yellow: ['\u001B[33m', '\u001B[39m'],
};
type Paint = (style: Style, text: string) => string;

/** An explanation as a tree for people, ending in a line break. */
export function renderExplanation(explanation: Explanation, { color = false }: RenderOptions = {}): string {
  const paint: Paint = (style, text) => (color ? ESCAPES[style].join(text) : text);
  const { verdict } = explanation;
  const lines = [
    ...verdictLines(verdict, paint),
    '',
    ...explanation.layers.flatMap((layer) => layerLines(layer, paint)),
    ...changeLines(explanation, paint),
    ...riskLines(explanation, paint),
    ...policyLines(explanation, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictLines(verdict: Verdict, paint: Paint): string[] {
  const word = verdict.permitted ? paint('green', 'PERMIT') : paint('red', 'DENY');
  const lines = [`${paint('bold', word)}  ${verdict.reason}`];
  if (verdict.cause !== undefined)
    lines.push(`  by ${verdict.cause.layer}.${verdict.cause.rule} (${verdict.code})`);
  else if (verdict.claim !== undefined)
    lines.push(`  nothing establishes ${verdict.claim} (${verdict.code})`);
  for (const { claim, by } of verdict.grants) lines.push(`  ${claim} by ${by.layer}.${by.rule}`);
  if (verdict.overrides.length > 0) lines.push(`  needed overrides: ${verdict.overrides.join(', ')}`);
  if (verdict.advice !== undefined) {
    const given = Object.entries(verdict.advice.arguments).map(
      ([name, value]) => `${name}: ${JSON.stringify(value)}`,
    );
    const withArguments = given.length === 0 ? '' : `(${given.join(', ')})`;
    lines.push(`  advice: ${verdict.advice.name}${withArguments}`);
  }
  if (verdict.missing.length > 0) lines.push(`  missing: ${verdict.missing.join(', ')}`);
  return lines;
}

function layerLines(layer: LayerExplanation, paint: Paint): string[] {
  const { outcome, grants } = layer;
  const sign = {
    passed: paint('green', '✓'),
    granted: paint('green', '✓'),
    forbidden: paint('red', '✗'),
    silent: paint('dim', '–'),
  };
  const what = grants === null ? outcome : `${outcome}${outcome === 'granted' ? ` ${grants}` : ''}`;
  const lines = [
    `${sign[outcome]} ${String(layer.number).padStart(2)} ${paint('bold', layer.name)}  ${what}`,
  ];
  for (const rule of layer.rules) {
    const isDeciding = rule.rule === layer.rule || rule.applies;
    if (isDeciding || rule.outcome === 'unknown') lines.push(...ruleLines(rule, paint));
  }
  const others = layer.rules.filter((rule) => !rule.applies && rule.outcome !== 'unknown').length;
  if (others > 0) lines.push(paint('dim', `     ${others} other${others === 1 ? '' : 's'} did not apply`));
  return lines;
}

function ruleLines(rule: RuleExplanation, paint: Paint): string[] {
  const sign = rule.applies
    ? rule.effect === 'forbid' || rule.effect === 'limit'
      ? paint('red', '✗')
      : paint('green', '✓')
    : '?';
  const unknown = rule.outcome === 'unknown' ? paint('yellow', ' (unknown)') : '';
  const lines = [`     ${sign} ${rule.effect} ${rule.rule}${unknown}  ${paint('dim', rule.place)}`];
  if (rule.because !== null) lines.push(`         because ${rule.because}`);
  for (const read of rule.reads) lines.push(`         ${readLine(read, paint)}`);
  if (rule.missing.length > 0) lines.push(`         missing: ${rule.missing.join(', ')}`);
  return lines;
}

function readLine({ path, state, value }: ReadValue, paint: Paint): string {
  if (state === 'value') return `${path} = ${JSON.stringify(value)}`;
  return `${path} is ${paint('yellow', state)}`;
}

function changeLines(explanation: Explanation, paint: Paint): string[] {
  const { verdict, changes, obstacles, searchEndedEarly } = explanation;
  if (verdict.permitted) return [];
  if (changes === null) {
    const early = searchEndedEarly
      ? ['The search for changes ended early: there may be some that were not tried.']
      : [];
    if (obstacles.length === 0) return ['', ...early];
    const heading = paint('bold', 'In the way stands what cannot be changed:');
    return ['', heading, ...obstacles.flatMap((one) => obstacleLines(one, paint)), ...early];
  }
  const heading =
    changes.length > 1
      ? 'It would be permitted after all of these changes:'
      : 'It would be permitted after this change:';
  const early = searchEndedEarly ? ['The search ended early: fewer changes may do.'] : [];
  return ['', paint('bold', heading), ...changes.flatMap((one) => changeLinesOf(one, paint)), ...early];
}

function obstacleLines({ name, place, missing, reasons }: Obstacle, paint: Paint): string[] {
  // That a call has no value is no news beside the path that it lacks.
  const paths = missing.filter((path) => !path.includes('('));
  const lacks =
    missing.length === 0 ? '' : `, which lacks ${(paths.length > 0 ? paths : missing).join(', ')}`;
  return [
    `  - ${name}${lacks}${place === null ? '' : `  ${paint('dim', place)}`}`,
    ...reasons.map(reasonLine),
  ];
}

function reasonLine({ condition, text }: Obstacle['reasons'][number]): string {
  const isSaid = condition === null || text.includes(`\`${condition}\``);
  return isSaid ? `      ${text}` : `      \`${condition}\` does not hold: ${text}`;
}

const WHO: Readonly<Record<Change['by'], string>> = {
  request: 'by the caller',
  data: 'in the data',
  operator: 'by an operator',
  time: 'in time',
};

function changeLinesOf({ text, by, edit }: Change, paint: Paint): string[] {
  const how = howLine(edit);
  return [
    `  - ${text}  ${paint('dim', `[${WHO[by]}]`)}`,
    ...(how === undefined ? [] : [`      ${paint('dim', how)}`]),
  ];
}

/** What the sentence of a change leaves open. */
function howLine(edit: Change['edit']): string | undefined {
  switch (edit.kind) {
    case 'value': {
      if (edit.to === null) return `now ${JSON.stringify(edit.from)}`;
      const from = edit.from === null ? '' : `from ${JSON.stringify(edit.from)} `;
      return `${from}to ${JSON.stringify(edit.to)}`;
    }
    case 'time':
      return `until ${edit.to}`;
    case 'record':
      return Object.keys(edit.attributes).length === 0
        ? undefined
        : `with ${JSON.stringify(edit.attributes)}`;
    default:
      return undefined;
  }
}

function riskLines({ risk }: Explanation, paint: Paint): string[] {
  const counting = risk.signals.filter((one) => one.outcome !== 'false');
  if (counting.length === 0 && risk.high === 0) return [];
  const span = risk.low === risk.high ? String(risk.low) : `${risk.low} to ${risk.high}`;
  const signals = counting.map(
    (one) =>
      `  ${one.signal} +${one.weight}${one.outcome === 'unknown' ? ' (unknown)' : ''}  ${paint('dim', one.place)}`,
  );
  return ['', `risk ${span}`, ...signals];
}

function policyLines({ cache, audit, purity, flipsAt }: Explanation, paint: Paint): string[] {
  const kept = (name: string, policy: Explanation['cache']['permit']): string[] => {
    if (policy === null) return [];
    const shared = policy.shared === null ? '' : ` shared ${policy.shared}`;
    const stale = policy.stale === null ? '' : ` stale ${policy.stale}`;
    return [`${name} for ${policy.for}${shared}${stale}`];
  };
  const keeping = cache.never ? ['never'] : [...kept('permit', cache.permit), ...kept('deny', cache.deny)];
  const lines = [
    '',
    paint('dim', `cache: ${keeping.length === 0 ? 'not kept' : keeping.join('; ')} (${purity})`),
  ];
  if (flipsAt !== null) lines.push(paint('dim', `may change at ${formatTime(flipsAt)}`));
  if (audit !== null) {
    const sample = audit.sample === 100 ? '' : ` sample ${audit.sample}%`;
    lines.push(paint('dim', `audit: ${audit.level}${audit.durable ? ' durable' : ''}${sample}`));
  }
  return lines;
}
