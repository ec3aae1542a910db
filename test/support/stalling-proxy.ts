import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Which connections are meant: all, or those whose first bytes hold the text that marks them. */
export type Which = 'all' | 'marked';

/** Stands between a server and those that use it, on the loopback. */
export interface StallingProxy {
  readonly port: number;
  /** From now on nothing passes, in either direction: connections stay open and can be opened, and nobody answers. */
  stall(which: Which): void;
  /** What was held back passes, in its order, and so does what comes. */
  resume(): void;
  /** Cuts the connections that there are. */
  cut(which: Which): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isMarked: boolean;
}

export async function startStallingProxy(target: number, mark = ''): Promise<StallingProxy> {
  const pairs = new Set<Pair>();
  let stalled: Which | undefined;
  const hold = (pair: Pair): void => {
    const isHeld = stalled === 'all' || (stalled === 'marked' && pair.isMarked);
    for (const socket of [pair.client, pair.server]) {
      if (isHeld) socket.pause();
      else socket.resume();
    }
  };
  const listening = createServer((client) => {
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, isMarked: false };
    pairs.add(pair);
    client.setNoDelay(true);
    client.once('data', (bytes) => {
      pair.isMarked = mark !== '' && bytes.includes(mark);
      hold(pair);
    });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => {}); // `close` follows.
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
    hold(pair);
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const holdAll = (which: Which | undefined): void => {
    stalled = which;
    for (const pair of pairs) hold(pair);
  };
  return {
    port: (listening.address() as AddressInfo).port,
    stall: holdAll,
    resume: () => holdAll(undefined),
    cut(which) {
      for (const pair of pairs) if (which === 'all' || pair.isMarked) pair.client.destroy();
    },
    async close() {
      for (const pair of pairs) pair.client.destroy();
      const closed = once(listening, 'close');
      listening.close();
      await closed;
    },
  };
}
