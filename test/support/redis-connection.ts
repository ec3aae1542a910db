import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a Redis answers; strings as they are stored, errors thrown. */
export type RedisReply = Buffer | number | null | readonly RedisReply[];
export type RedisArgument = string | number | Buffer;

/** A connection that sends commands one by one, and knows nothing of the client that is tested. */
export class RedisConnection {
  readonly #socket: Socket;
  readonly #waiting: {
    readonly resolve: (reply: RedisReply) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', () => {}); // `close` follows.
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection to Redis was lost'));
    });
  }

  static async open(port: number, password: string | undefined): Promise<RedisConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const connection = new RedisConnection(socket);
    if (password !== undefined) await connection.send('auth', password);
    return connection;
  }

  send(...command: readonly RedisArgument[]): Promise<RedisReply> {
    if (this.#socket.destroyed) return Promise.reject(new Error('the connection to Redis was lost'));
    const parts: Buffer[] = [Buffer.from(`*${command.length}\r\n`)];
    for (const one of command) {
      const bytes = Buffer.isBuffer(one) ? one : Buffer.from(String(one));
      parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(Buffer.concat(parts));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const found = parseReply(this.#received, 0);
      if (found === undefined) return;
      this.#received = this.#received.subarray(found.end);
      const waiting = this.#waiting.shift();
      if (found.reply instanceof Error) waiting?.reject(found.reply);
      else waiting?.resolve(found.reply);
    }
  }
}

/** The reply that begins at an offset, and where it ends; undefined while it has not come whole. */
function parseReply(
  bytes: Buffer,
  at: number,
): { readonly reply: RedisReply | Error; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = bytes.subarray(at + 1, lineEnd);
  const kind = String.fromCharCode(bytes[at] ?? 0);
  const end = lineEnd + 2;
  if (kind === '+') return { reply: line, end };
  if (kind === '-') return { reply: new Error(`Redis refused: ${line.toString('utf8')}`), end };
  const number = Number(line.toString('latin1'));
  if (kind === ':') return { reply: number, end };
  if (number < 0) return { reply: null, end };
  if (kind === '$')
    return bytes.length < end + number + 2
      ? undefined
      : { reply: Buffer.from(bytes.subarray(end, end + number)), end: end + number + 2 };
  if (kind !== '*') throw new Error(`Redis answered with a ${JSON.stringify(kind)}`);
  const replies: RedisReply[] = [];
  let next = end;
  for (let index = 0; index < number; index += 1) {
    const found = parseReply(bytes, next);
    if (found === undefined) return undefined;
    if (found.reply instanceof Error) return { reply: found.reply, end: found.end };
    replies.push(found.reply);
    next = found.end;
  }
  return { reply: replies, end: next };
}
