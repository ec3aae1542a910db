import { testId } from '../../../src/dsl/testing/test-id.ts';
import type { AccessRequest } from '../../../src/engine/decide/types.ts';

/** So many people ask, each about a generation of theirs, so that nobody comes near a limit of the policy. */
const PEOPLE = 4_000;
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** What the servers know and are asked. */
export interface Questions {
  /** The records, as JSON Lines: all facts that Velro is given. */
  readonly facts: string;
  /** Everybody updates a generation of theirs, which is permitted. */
  readonly permitted: readonly AccessRequest[];
  /** Everybody updates the private generation of somebody else, which is denied. */
  readonly denied: readonly AccessRequest[];
  /** The same two as Cerbos is asked: facts and circumstances come with the question. */
  readonly permittedForCerbos: readonly object[];
  readonly deniedForCerbos: readonly object[];
}

/** Like the demo's Ada, who updates her generation, many times over; sessions began before `now` (ms since the epoch). */
export function makeQuestions(now: number): Questions {
  const people = Array.from({ length: PEOPLE }, (_, index) => personOf(index, now));
  const next = (index: number): Person => people[(index + 1) % PEOPLE] as Person;
  const ask = ({ user, context }: Person, { generation }: Person): AccessRequest => ({
    subject: { type: 'user', id: user.id },
    action: { name: 'update' },
    resource: { type: 'generation', id: generation.id },
    context,
  });
  const askCerbos = ({ user, context }: Person, { generation }: Person): object => ({
    principal: { id: user.id, roles: user.roles, attr: { ...user.attributes, context } },
    resources: [
      {
        actions: ['update'],
        resource: {
          kind: 'generation',
          id: generation.id,
          attr: { ...generation.attributes, owner_status: 'active' },
        },
      },
    ],
  });
  return {
    facts: people.flatMap(({ user, generation }) => [lineOf(user), lineOf(generation)]).join(''),
    permitted: people.map((person) => ask(person, person)),
    denied: people.map((person, index) => ask(person, next(index))),
    permittedForCerbos: people.map((person) => askCerbos(person, person)),
    deniedForCerbos: people.map((person, index) => askCerbos(person, next(index))),
  };
}

interface Thing {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Person {
  readonly user: Thing & { readonly roles: readonly string[] };
  readonly generation: Thing;
  readonly context: Readonly<Record<string, unknown>>;
}

function personOf(index: number, now: number): Person {
  const roles = ['editor'];
  const id = testId(`user ${index}`);
  const address = `203.0.113.${(index % 254) + 1}`;
  const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
  return {
    user: {
      type: 'user',
      id,
      roles,
      attributes: { status: 'active', plan: 'pro', created_at: '2024-12-08T10:36:18Z', teams: {} },
    },
    generation: {
      type: 'generation',
      id: testId(`generation ${index}`),
      attributes: {
        owner: id,
        lineage: 'original',
        visibility: 'private',
        status: 'completed',
        kind: 'image',
        created_at: '2023-07-16T08:07:55Z',
      },
    },
    context: {
      ip: address,
      user_agent: BROWSER,
      tls: true,
      session: {
        id: testId(`session ${index}`),
        started_at: ago(60),
        last_active_at: ago(2),
        ip: address,
        user_agent: BROWSER,
        mfa_at: ago(5),
      },
    },
  };
}

function lineOf({ type, id, attributes, roles }: Thing & { readonly roles?: readonly string[] }): string {
  const email = { email: `${id}@example.com` };
  const all = roles === undefined ? attributes : { ...attributes, roles, ...email };
  return `${JSON.stringify({ type, id, attributes: all })}\n`;
}
