import { readdirSync, readFileSync } from 'node:fs';
import { spellTime } from '../../scripts/support/demo-random.ts';
import type { DemoCopy } from './demo-copy.ts';
import type { ExpectedDecision } from './judge-answer.ts';

const REQUESTS = new URL('../../demo/requests/', import.meta.url);
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

/** One of the demo's requests with its expected answer. */
export interface DemoCase {
  /** Such as `ada-updates-her-generation`. */
  readonly name: string;
  readonly expected: ExpectedDecision;
  /** The request about a copy of the demo, on the morning of `now`: all its times are moved there. */
  readonly bodyFor: (copy: DemoCopy, now: number) => string;
}

interface ExpectedFile {
  readonly now: string;
  readonly requests: Readonly<
    Record<
      string,
      { readonly decision: boolean; readonly layer?: string; readonly rule?: string; readonly claim?: string }
    >
  >;
}

/** All requests of the demo, as they stand in `demo/requests/`. */
export function readDemoCases(): DemoCase[] {
  const read = (name: string) => readFileSync(new URL(name, REQUESTS), 'utf8');
  const { now, requests } = JSON.parse(read('expected.json')) as ExpectedFile;
  const morning = Date.parse(now);
  const files = readdirSync(REQUESTS).filter((file) => file !== 'expected.json');
  return files.toSorted().map((file) => {
    const answer = requests[file];
    if (answer === undefined) throw new Error(`demo/requests/expected.json says nothing of ${file}`);
    const { decision, layer, rule, claim } = answer;
    const text = JSON.stringify(JSON.parse(read(file)));
    // An id that layer 1 refuses is what the request is about.
    const kept = new Set(layer === 'identifiers' ? [resourceIdOf(text)] : []);
    return {
      name: file.replace(/\.json$/, ''),
      expected: {
        decision,
        code: decision ? 'permitted' : claim === undefined ? 'forbidden' : 'claim_missing',
        cause: layer === undefined ? undefined : `${layer}.${rule ?? ''}`,
        claim,
      },
      bodyFor: (copy, at) =>
        copy
          .rename(text, kept)
          .replaceAll(TIME, (time) => spellTime(Math.floor((Date.parse(time) + at - morning) / 1000) * 1000)),
    };
  });
}

function resourceIdOf(text: string): string {
  return (JSON.parse(text) as { readonly resource: { readonly id: string } }).resource.id;
}
