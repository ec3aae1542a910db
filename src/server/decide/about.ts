import type { Caller } from '../ports.ts';

/** Of whom and in which exchange something is asked; all of it goes into the record. */
export interface About {
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** Undefined when time ran out before the caller was known. */
  readonly caller: Caller | undefined;
}
