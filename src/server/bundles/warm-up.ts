import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { testId } from '../../dsl/testing/test-id.ts';
import type { FactView } from '../../engine/decide/facts.ts';
import { type Circumstances, QUIET } from '../../engine/decide/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { WorldSources } from '../ports.ts';

/** Warming up takes so many milliseconds at most, give or take one question. */
const LONGEST = 250;
/** Rounds over all ways of asking to decide, after which more would not help. */
const ROUNDS = 2;

/** A run of questions that nothing else waits for is no longer than so many milliseconds. */
const STRETCH = 5;

/** What is warmed up: decisions take a tenth of the time that explanations take, which come to rules that no decision did. */
export type Warmth = 'decisions' | 'explanations';
const ALL: readonly Warmth[] = ['decisions', 'explanations'];

/**
 * Asks an engine every question that its bundle declares, about things that do not exist, so that the first request does
 * not spend its deadline on code that never ran: what denies it is looked for by a variant of the rules that is compiled
 * when it is first needed. Nothing is counted or recorded. `now` is in milliseconds since the epoch, `monotonic` tells
 * milliseconds from an arbitrary start.
 */
export function warmUp(
  engine: Engine,
  world: WorldSources,
  monotonic: () => number,
  now: number,
  what = ALL,
): void {
  const until = monotonic() + LONGEST;
  const asking = questions(engine, world, now, what);
  while (asking.next().done !== true) if (monotonic() >= until) return;
}

/** The same while others are served, who get their turn every few milliseconds. */
export async function warmUpBeside(
  engine: Engine,
  world: WorldSources,
  monotonic: () => number,
  now: number,
  what = ALL,
): Promise<void> {
  const until = monotonic() + LONGEST;
  let pauseAt = monotonic() + STRETCH;
  const asking = questions(engine, world, now, what);
  while (asking.next().done !== true) {
    const at = monotonic();
    if (at >= until) return;
    if (at < pauseAt) continue;
    await turnOfOthers();
    pauseAt = monotonic() + STRETCH;
  }
}

/** Asks one question after the other. */
function* questions(
  engine: Engine,
  { sources }: WorldSources,
  now: number,
  what: readonly Warmth[],
): Generator<void> {
  const circumstances: Circumstances = { live: QUIET, world: { now, sources } };
  const { actions, triples } = engine.bundle;
  // Identifiers that look random, so that no rule about the quality of identifiers ends the evaluation at once.
  const subjectId = testId('warm up subject');
  const resourceId = testId('warm up resource');
  // Records are there and say nothing: rules are evaluated, and few are certain.
  const blank = { attributes: {} };
  const existing: FactView = { record: () => blank };
  const absent: FactView = { record: (_type, id) => (id === resourceId ? null : blank) };
  const requests = triples.map(({ action, subject, resource, isNew }) => ({
    facts: isNew ? absent : existing,
    request: engine.prepare({
      subject: { type: subject, id: subjectId },
      action: { name: actions.get(action)?.spelling ?? action },
      resource: { type: resource, id: resourceId },
      context: {},
    }),
  }));
  for (let round = 0; round < ROUNDS && what.includes('decisions'); round += 1) {
    for (const { request, facts } of requests) {
      engine.limitUses(request, facts, circumstances);
      engine.decide(request, facts, circumstances);
      yield;
    }
  }
  if (!what.includes('explanations')) return;
  for (const { request, facts } of requests) {
    // What would permit is not looked for.
    engine.explain(request, facts, circumstances, { changes: false });
    yield;
  }
}
