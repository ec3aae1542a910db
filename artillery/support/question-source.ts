import { readDemoCases } from './demo-case.ts';
import { copyDemo, type DemoCopy } from './demo-copy.ts';
import { HastyUser } from './hasty-user.ts';
import { type Expected, judgeAnswer } from './judge-answer.ts';
import type { Answer, Judgement, Kind, Question } from './question.ts';
import { REFUSALS } from './refusals.ts';

/** Cy is on the plan *free*, and may see what this is about. */
const HASTY_CASE = 'cy-reads-a-public-generation';

const cases = readDemoCases();
const hastyCase = cases.find(({ name }) => name === HASTY_CASE);
if (hastyCase === undefined) throw new Error(`demo/requests/ has no ${HASTY_CASE}.json`);
const { bodyFor: hastyBodyFor } = hastyCase;
const casesOf = {
  permit: cases.filter(({ expected }) => expected.decision),
  denial: cases.filter(({ expected }) => !expected.decision),
} as const;
const refusalsOf = {
  malformed: REFUSALS.filter(({ kind }) => kind === 'malformed'),
  keyless: REFUSALS.filter(({ kind }) => kind === 'keyless'),
} as const;

export interface QuestionSource {
  /** The next question of a kind; its cases take turns. */
  take(kind: string): Question;
}

export interface QuestionSourceOptions {
  /** The API key. */
  readonly key: string;
  readonly now: () => number;
}

/** Names of all cases: a run that did not see each of them answered rightly has not shown much. */
export function caseNames(): string[] {
  return [
    ...casesOf.permit.map(({ name }) => `permit.${name}`),
    ...casesOf.denial.map(({ name }) => `denial.${name}`),
    ...REFUSALS.map(({ kind, name }) => `${kind}.${name}`),
    'limited.cy-within-the-limit',
    'limited.cy-over-the-limit',
  ];
}

/** So many copies of the demo are needed at most for so many questions, whatever their kinds. */
export function copiesFor(questions: number): number {
  return Math.ceil(questions / Math.min(casesOf.permit.length, casesOf.denial.length)) + 50;
}

/** Draws questions. Of each copy of the demo each case is asked once, so that no limit is reached but on purpose. */
export function createQuestionSource({ key, now }: QuestionSourceOptions): QuestionSource {
  let copies = 0;
  let questions = 0;
  const nextCopy = (): DemoCopy => copyDemo(copies++);
  const nextRequestId = (): string => `load-${++questions}`;
  const headersFor = (requestId: string, more: Readonly<Record<string, string | undefined>> = {}) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      'x-request-id': requestId,
      ...more,
    };
    return Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  };
  const fixed = (
    kind: Kind,
    name: string,
    body: string,
    expected: Expected,
    more?: Readonly<Record<string, string | undefined>>,
  ): Question => {
    const requestId = nextRequestId();
    const judge = (answer: Answer) => judgeAnswer(`${kind}.${name}`, expected, requestId, answer);
    return { kind, headers: headersFor(requestId, more), body, judge };
  };

  const decisions = (kind: 'permit' | 'denial'): (() => Question) => {
    let turn = 0;
    let copy = nextCopy();
    return () => {
      const { name, expected, bodyFor } = at(casesOf[kind], turn);
      if (turn > 0 && turn % casesOf[kind].length === 0) copy = nextCopy();
      turn += 1;
      return fixed(kind, name, bodyFor(copy, now()), expected);
    };
  };

  // A request that is well-formed, but for what is wrong with it.
  const someCopy = nextCopy();
  const refusals = (kind: 'malformed' | 'keyless'): (() => Question) => {
    let turn = 0;
    return () => {
      const { name, expected, headers, body } = at(refusalsOf[kind], turn++);
      const text = hastyBodyFor(someCopy, now());
      return fixed(kind, name, body?.(text) ?? text, expected, headers);
    };
  };

  const idle: { readonly user: HastyUser; readonly copy: DemoCopy }[] = [];
  const takeLimited = (): Question => {
    const asker = idle.pop() ?? { user: new HastyUser('limited.cy'), copy: nextCopy() };
    const requestId = nextRequestId();
    const judge = asker.user.ask(requestId, now());
    return {
      kind: 'limited',
      headers: headersFor(requestId),
      body: hastyBodyFor(asker.copy, now()),
      judge(answer): Judgement {
        if (!asker.user.isDone) idle.push(asker);
        return judge(answer, now());
      },
    };
  };

  const takes: Readonly<Record<string, () => Question>> = {
    permit: decisions('permit'),
    denial: decisions('denial'),
    limited: takeLimited,
    malformed: refusals('malformed'),
    keyless: refusals('keyless'),
  } satisfies Record<Kind, () => Question>;

  return {
    take(kind) {
      const take = takes[kind];
      if (take === undefined) throw new Error(`no questions of the kind ${kind}`);
      return take();
    },
  };
}

/** The item whose turn it is. */
function at<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError('nothing to take turns');
  return item;
}
