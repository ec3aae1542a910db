import { median, spreadOf } from './statistics.ts';
import type { Result } from './suite.ts';

/** What came of questions with writes or without. */
export interface Play {
  /** Decisions a millisecond. */
  readonly rate: number;
  /** Share of the decisions by facts of the process. */
  readonly hits: number;
  /** Microseconds of the processor. */
  readonly processor: number;
  readonly written: number;
}

/** What a round found, by decisions a second. */
export interface Round {
  readonly without: number;
  readonly with: number;
  /** The same writes to a table that nobody watches. */
  readonly unwatched: number | undefined;
  /** Microseconds of the processor that a write took. */
  readonly perWrite: number;
}

/** The share of hits of the process is steady where that of so many plays differs by so little from that of those before, … */
const TOGETHER = 8;
const STEADY = 0.005;
/** … which is waited for through so many of them. */
const MOST_WARMING = 4;

/** Plays with writes and without until the share of hits in the process is steady, or for long enough; gives that share. */
export async function playUntilSteady(
  play: (writes: boolean) => Promise<Play>,
  most = MOST_WARMING,
): Promise<number> {
  let share = 0;
  for (let warming = 0; warming < most; warming += 1) {
    const before = share;
    share = 0;
    for (let one = 0; one < TOGETHER; one += 1) share += (await play(one % 2 === 0)).hits / TOGETHER;
    if (Math.abs(share - before) <= STEADY) break;
  }
  return share;
}

/**
 * A round is four plays, the two with writes between the two without, so that what drifts affects both alike; and, where that can
 * be played, two with writes to what nobody watches between those.
 */
export async function playRounds(
  count: number,
  play: (writes: boolean) => Promise<Play>,
  playUnwatched?: () => Promise<Play>,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < count; round += 1) {
    const first = await play(false);
    const one = await play(true);
    const unwatched = playUnwatched && [await playUnwatched(), await playUnwatched()];
    const other = await play(true);
    const last = await play(false);
    const more = one.processor + other.processor - first.processor - last.processor;
    rounds.push({
      without: 500 * (first.rate + last.rate),
      with: 500 * (one.rate + other.rate),
      unwatched: unwatched && 500 * unwatched.reduce((sum, { rate }) => sum + rate, 0),
      perWrite: more / (one.written + other.written),
    });
  }
  return rounds;
}

/** The share of decisions that rounds lost to writes, and what a write took of the processor. */
export function costsOf(name: string, rounds: readonly Round[], of: string): readonly Result[] {
  const costs = rounds.map((one) => 100 * (1 - one.with / one.without));
  const perWrite = rounds.map((one) => one.perWrite);
  const unwatched = rounds.flatMap((one) =>
    one.unwatched === undefined ? [] : [100 * (1 - one.unwatched / one.without)],
  );
  return [
    {
      name,
      value: median(costs),
      unit: '%',
      spread: spreadOf(costs),
      target: { atMost: 10 },
      note: `of the decisions a second: ${Math.round(median(rounds.map((one) => one.with)))} where 1% of what happens are writes, ${Math.round(median(rounds.map(({ without }) => without)))} where none are`,
    },
    ...(unwatched.length === 0
      ? []
      : [
          {
            name: `${name}/unwatched`,
            value: median(unwatched),
            unit: '%',
            spread: spreadOf(unwatched),
            note: 'where the same writes go to a table that nobody watches: what whoever writes and the database take of the cores',
          },
        ]),
    {
      name: `${name}/processor`,
      value: median(perWrite),
      unit: 'µs',
      spread: spreadOf(perWrite),
      note: `that a write takes of the processor in both ${of} together`,
    },
  ];
}
