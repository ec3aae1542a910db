import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How the end of a server is paced, in milliseconds. */
export interface StopPace {
  /**
   * New connections are still taken for so long, while `/readyz` sends balancers elsewhere, and for as long again the
   * ones that are there may ask once more; not when nobody is connected.
   */
  readonly grace: number;
  /** After so long, connections are cut whatever they do. */
  readonly longest: number;
}

/** Idle connections are looked for so often. */
const SWEEP = 25;

/**
 * Stops taking connections, lets requests under way finish, closes idle connections; resolves when all are gone. From
 * `onLast` on, every answer should be the last of its connection. It is called when the port closes and not before:
 * whoever had to connect again in that moment would be cut off.
 */
export async function stopListening(
  server: Server,
  { grace, longest }: StopPace,
  onLast: () => void,
): Promise<void> {
  const startedAt = performance.now();
  const left = (): number => Math.max(0, longest - (performance.now() - startedAt));
  if (await hasConnections(server)) await passing(Math.min(grace, left()));
  onLast();
  const closed = new Promise<void>((resolve) => {
    // Not the `close` of HTTP servers: that cuts idle connections off at once, also one whose next request is on its way.
    NetServer.prototype.close.call(server, () => resolve());
  });
  const cut = setTimeout(() => server.closeAllConnections(), left());
  await Promise.race([closed, passing(Math.min(grace, left()))]);
  // A connection whose request has just ended is idle and would otherwise stay as long as its client likes.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
  // It listens no more; this ends its own look at connections that take too long.
  server.close();
}

function hasConnections(server: Server): Promise<boolean> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => resolve(error !== null || count > 0));
  });
}

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
