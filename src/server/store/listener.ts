import pg from 'pg';
import type { Unlisten } from './database.ts';

/** Milliseconds until a lost connection is tried again. */
const RETRY = 250;
/** A connection that does not answer for so many milliseconds is lost, though nobody said so. */
const SILENCE = 5_000;

interface Subscriber {
  readonly onMessage: (payload: string) => void;
  readonly onGap: () => void;
}

export interface Listener {
  listen(channel: string, onMessage: (payload: string) => void, onGap: () => void): Promise<Unlisten>;
  close(): Promise<void>;
}

/**
 * Listens on one connection of its own, made when it is first needed. While there is none it tries again, and once there is
 * one it tells all subscribers that they may have missed something.
 */
export function createListener(url: string): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  let current: pg.Client | undefined;
  let connecting: Promise<pg.Client> | undefined;
  let closed = false;
  const turns = new WeakMap<pg.Client, Promise<unknown>>();

  /** Statements of the connection come one after the other: who listens, who ends that and the heartbeat know nothing of each other. */
  const ask = (client: pg.Client, text: string): Promise<unknown> => {
    const answer = (turns.get(client) ?? Promise.resolve()).then(() => client.query(text));
    turns.set(
      client,
      answer.catch(() => {}),
    );
    return answer;
  };

  const lose = (client: pg.Client): void => {
    if (current !== client) return;
    current = undefined;
    void client.end().catch(() => {});
    if (!closed && channels.size > 0) setTimeout(() => void reconnect(), RETRY).unref();
  };
  const reconnect = async (): Promise<void> => {
    try {
      await connected();
    } catch {
      if (!closed && channels.size > 0) setTimeout(() => void reconnect(), RETRY).unref();
    }
  };
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'velro listen',
      connectionTimeoutMillis: SILENCE,
      query_timeout: SILENCE,
      keepAlive: true,
    });
    client.on('error', () => lose(client));
    client.on('end', () => lose(client));
    const deliver = ({ channel, payload = '' }: pg.Notification): void => {
      for (const { onMessage } of channels.get(channel) ?? []) onMessage(payload);
    };
    // What comes before subscribers know of the gap waits: they would take it for proof that nothing was missed.
    const early: pg.Notification[] = [];
    client.on('notification', (notification) => {
      if (connecting !== undefined && current !== client) early.push(notification);
      else if (current === client) deliver(notification);
    });
    try {
      await client.connect();
      for (const channel of channels.keys()) await ask(client, `listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    if (closed) void client.end().catch(() => {});
    current = client;
    for (const subscribers of channels.values()) for (const { onGap } of subscribers) onGap();
    for (const notification of early) deliver(notification);
    return client;
  };
  const connected = (): Promise<pg.Client> => {
    if (current !== undefined) return Promise.resolve(current);
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  // A server that stopped answering keeps its connections open.
  const heartbeat = setInterval(() => {
    const client = current;
    if (client !== undefined) ask(client, 'select 1').catch(() => lose(client));
  }, SILENCE);
  heartbeat.unref();

  return {
    async listen(channel, onMessage, onGap) {
      const subscriber = { onMessage, onGap };
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(subscriber));
      try {
        const client = await connected();
        await ask(client, `listen ${pg.escapeIdentifier(channel)}`);
        onGap();
      } catch {
        void reconnect();
      }
      return async () => {
        subscribers.delete(subscriber);
        if (subscribers.size > 0) return;
        channels.delete(channel);
        if (current !== undefined)
          await ask(current, `unlisten ${pg.escapeIdentifier(channel)}`).catch(() => {});
      };
    },
    async close() {
      closed = true;
      clearInterval(heartbeat);
      channels.clear();
      const client = current;
      current = undefined;
      await client?.end().catch(() => {});
    },
  };
}
