import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  /** As they came, names included. */
  readonly head: string;
  readonly body: string;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';

/** One connection that is kept, for one request at a time; far cheaper than a whole client, so that the asked has the processor. */
export class HttpClient {
  readonly #port: number;
  readonly #headers: string;
  readonly #timeout: number;
  #socket: Socket | undefined;
  #received = '';
  #waiting: Waiting | undefined;

  /** `timeout`: milliseconds after which there is no answer. */
  constructor(port: number, headers: Readonly<Record<string, string>>, timeout: number) {
    this.#port = port;
    this.#timeout = timeout;
    const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers });
    this.#headers = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  /** Rejects when there is no answer; the next request has a new connection then. */
  async post(path: string, body: string): Promise<HttpAnswer> {
    if (this.#waiting !== undefined) throw new Error('one request at a time');
    const socket = (this.#socket ??= this.#connect());
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), this.#timeout);
    const length = Buffer.byteLength(body);
    socket.write(`POST ${path} HTTP/1.1\r\n${this.#headers}content-length: ${length}\r\n\r\n${body}`);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#received = '';
    // Bodies are cut by their length in bytes.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#take(socket);
    });
    let reason = 'the connection was lost';
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#settle((waiting) => waiting.reject(new Error(reason)));
    });
    return socket;
  }

  #take(socket: Socket): void {
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) return void socket.destroy(new Error('an answer without a length'));
    const from = headEnd + HEAD_END.length;
    const to = from + Number(length);
    if (this.#received.length < to) return;
    const body = Buffer.from(this.#received.slice(from, to), 'latin1').toString('utf8');
    this.#received = this.#received.slice(to);
    const isLast = /\r\nconnection: close/i.test(head);
    if (isLast) {
      this.#socket = undefined;
      socket.destroy();
    }
    this.#settle((waiting) => waiting.resolve({ status: Number(head.slice(9, 12)), head, body }));
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }
}
