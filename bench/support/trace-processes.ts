import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Statement } from '../../src/server/store/database.ts';

/** What a process of the trace can be told to do. */
export interface Orders {
  readonly start: {
    readonly role: 'instance' | 'writer';
    readonly url: string;
    readonly redisUrl: string;
    readonly suspended: string;
    readonly seed: number;
  };
  /** Asks for each of so many of the hottest objects that fall to it, the coldest first. */
  readonly warm: { readonly count: number; readonly at: number; readonly of: number };
  /** Asks so many questions of the trace. */
  readonly play: { readonly count: number };
  /** Writes so many objects. */
  readonly write: { readonly count: number };
  /** Writes by this statement. */
  readonly query: Statement;
  readonly stop: object;
}

export interface Answers {
  readonly start: undefined;
  readonly warm: void;
  readonly play: PlayedApart;
  readonly write: void;
  readonly query: void;
  readonly stop: void;
}

export interface PlayedApart {
  readonly reads: number;
  readonly milliseconds: number;
  /** Answered by facts of the process, and by some of Redis. */
  readonly hits: number;
  readonly shared: number;
  /** Microseconds of the processor that the process took. */
  readonly processor: number;
}

export type Order = {
  [Do in keyof Orders]: { readonly number: number; readonly do: Do } & Orders[Do];
}[keyof Orders];
/** So many questions were asked since this was said last; or what came of an order. */
export type Say =
  | { readonly asked: number }
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly failure: string };

const PROGRAM = fileURLToPath(new URL('trace-process.ts', import.meta.url));

/** A process of the trace. */
export class TraceProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { readonly done: (answer: unknown) => void; readonly fail: (error: Error) => void }
  >();
  #number = 0;
  onAsked: (count: number) => void = () => {};

  constructor() {
    this.#child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (said: Say) => {
      if ('asked' in said) return this.onAsked(said.asked);
      const waits = this.#waiting.get(said.number);
      this.#waiting.delete(said.number);
      if ('failure' in said) waits?.fail(new Error(said.failure));
      else waits?.done(said.answer);
    });
    this.#child.once('exit', (code) => {
      for (const { fail } of this.#waiting.values())
        fail(new Error(`a process of the trace ended with ${code}`));
    });
  }

  async tell<Do extends keyof Orders>(what: Do, order: Orders[Do]): Promise<Answers[Do]> {
    const number = (this.#number += 1);
    const answer = new Promise<unknown>((done, fail) => this.#waiting.set(number, { done, fail }));
    this.#child.send({ number, do: what, ...order });
    return (await answer) as Answers[Do];
  }

  async stop(): Promise<void> {
    await this.tell('stop', {}).catch(() => {});
    if (this.#child.connected) this.#child.disconnect();
  }
}
