import { type Profiler, Session } from 'node:inspector';

/** Tells whether code of `src/` ran that had not run before, block by block as V8 counts them. */
export class ReachedCode {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  /** How many blocks were reached since the last look for the first time. */
  newBlocks(): number {
    const before = this.#seen.size;
    const { result } = this.#post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    for (const { url, functions } of result) {
      if (!url.includes('/src/') || url.includes('/node_modules/')) continue;
      for (const { ranges } of functions) {
        for (const { count, startOffset, endOffset } of ranges) {
          if (count > 0) this.#seen.add(`${url}:${startOffset}:${endOffset}`);
        }
      }
    }
    return this.#seen.size - before;
  }

  get blocks(): number {
    return this.#seen.size;
  }

  close(): void {
    this.#session.disconnect();
  }

  #post(method: string, params: object = {}): object {
    let answer: object | undefined;
    this.#session.post(
      method as 'Profiler.enable',
      params as never,
      (error: Error | null, result?: object) => {
        if (error !== null) throw error;
        answer = result ?? {};
      },
    );
    if (answer === undefined) throw new Error(`${method} did not answer at once`);
    return answer;
  }
}
