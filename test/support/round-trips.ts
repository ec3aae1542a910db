import { connect, createServer, type Server, type Socket } from 'node:net';

/** The proxy holds answers back until the client has sent nothing for so many milliseconds: it waits for them then. */
const QUIET = 30;

/** Stands between a client and a PostgreSQL, and counts how often the client waits for an answer. */
export interface RoundTrips {
  /** The address of the server, by way of the proxy. */
  readonly url: string;
  /** What was sent before each wait, without the probes of pools. */
  readonly sent: string[];
  close(): Promise<void>;
}

export async function countRoundTrips(url: string): Promise<RoundTrips> {
  const { hostname, port } = new URL(url);
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let asked = '';
    let answers: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (answers.length === 0) return;
        if (asked !== '' && !asked.includes('select 1\0')) sent.push(asked);
        asked = '';
        client.write(Buffer.concat(answers));
        answers = [];
      }, QUIET);
    };
    client.on('data', (data) => {
      asked += data.toString('latin1');
      upstream.write(data);
      later();
    });
    upstream.on('data', (data) => {
      answers.push(data);
      later();
    });
    const tie = (one: Socket, other: Socket): void => {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        clearTimeout(timer);
        sockets.delete(one);
        other.destroy();
      });
    };
    tie(client, upstream);
    tie(upstream, client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(address.port);
  return {
    url: proxied.href,
    sent,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
