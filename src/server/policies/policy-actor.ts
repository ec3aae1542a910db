import type { About } from '../decide/about.ts';

/** Who publishes or activates. */
export interface PolicyActor {
  /** The id of a caller, or `os:` and the account of a command line. */
  readonly id: string;
  /** Of a request over HTTP. */
  readonly about?: About;
}
