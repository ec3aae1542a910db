import { analyzeUuid } from '../../src/dsl/builtins/support/analyze-uuid.ts';
import { BoundedMemo } from '../../src/dsl/builtins/support/bounded-memo.ts';
import { type Answer, forbid } from './answer.ts';

const CLOCK_SKEW = 5_000;

const WELL_KNOWN: ReadonlySet<string> = new Set([
  '00000000-0000-4000-8000-000000000000',
  '10ba038e-48da-487b-96e8-8d3b99b6d18a',
  '109156be-c4fb-41ea-b1b4-efe1671c5836',
  '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
  '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  '550e8400-e29b-41d4-a716-446655440000',
  '6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b',
  '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
  'd290f1ee-6c54-4b01-90e6-d701748f0851',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
]);

/** By rank: the first fault that any of the three ids has is the one to name. */
const FAULTS: readonly (Answer | undefined)[] = [
  forbid('identifiers.malformed', 'an id is not a UUID'),
  forbid('identifiers.nil_or_max', 'an id is the nil or the max UUID'),
  forbid('identifiers.foreign_variant', 'an id is not of the variant of RFC 9562'),
  forbid('identifiers.wrong_version', 'an id is not a UUID of version 4 or 7'),
  forbid('identifiers.well_known', 'an id is one of those that stand in manuals and sample code'),
  forbid('identifiers.repetitive', 'an id repeats one digit too often to be random'),
  forbid('identifiers.sequential', 'an id counts up, counts down or repeats, and is not random'),
  forbid('identifiers.predictable', 'an id has too little entropy to be random'),
  forbid('identifiers.from_the_future', 'an id says that it was made in the future'),
];
const FROM_THE_FUTURE = 8;
const NO_FAULT = 9;

interface Judged {
  readonly fault: number;
  readonly timestamp: number | undefined;
}

/** The engine remembers ids that it has judged, so does this. */
const judged = new BoundedMemo<string, Judged>(4096);

/** Layer 1. */
export function checkIdentifiers(
  subject: string,
  resource: string,
  session: unknown,
  now: number,
): Answer | undefined {
  if (typeof session !== 'string') return FAULTS[0];
  return FAULTS[Math.min(faultOf(subject, now), faultOf(resource, now), faultOf(session, now))];
}

function faultOf(id: string, now: number): number {
  let known = judged.get(id);
  if (known === undefined) judged.set(id, (known = judge(id)));
  if (known.fault !== NO_FAULT) return known.fault;
  return known.timestamp !== undefined && known.timestamp > now + CLOCK_SKEW ? FROM_THE_FUTURE : NO_FAULT;
}

function judge(id: string): Judged {
  const facts = analyzeUuid(id);
  if (facts === undefined) return { fault: 0, timestamp: undefined };
  let fault = NO_FAULT;
  if (facts.isNil || facts.isMax) fault = 1;
  else if (facts.variant !== 'rfc') fault = 2;
  else if (facts.version !== 4 && facts.version !== 7) fault = 3;
  else if (WELL_KNOWN.has(id.toLowerCase())) fault = 4;
  else if (facts.topDigitShare >= 0.4) fault = 5;
  else if (facts.longestRun > 9) fault = 6;
  else if (facts.entropy < 2.7) fault = 7;
  return { fault, timestamp: facts.timestamp };
}
