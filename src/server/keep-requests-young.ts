import { setFlagsFromString } from 'node:v8';

/**
 * Lets what requests allocate die young; for a process that does nothing but serve. Where many requests wait for a database, V8
 * concludes that such objects live long, and from then on makes them among the old: each of them keeps others alive until the
 * next large collection, and decisions that wait for nothing pay for that.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
