import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const unhurried = new WeakSet<Socket>();

/** Lets a request take longer than requests may take: whoever reads its body sees to it that it goes on. */
export function takeItsTime({ socket }: IncomingMessage): void {
  unhurried.add(socket);
}

/** Such a request is over: the next one of its connection is like any other. */
export function hurryAgain({ socket }: IncomingMessage): void {
  unhurried.delete(socket);
}

export function mayTakeItsTime(socket: Socket): boolean {
  return unhurried.has(socket);
}
