import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { slowFacts } from '../../support/slow-ports.ts';
import { writeSmallBundle } from '../../support/small-bundle.ts';
import { question, startTestServer, stopTestServers, type TestServer } from '../../support/test-server.ts';

/** No connection is cut off while a test lasts. */
const NEVER = 3_600_000;

/** Milliseconds for which the port stays open, and for which connections may ask once more. */
const GRACE = 400;

/**
 * A server that is told to stop, where the time of its grace passes only when it is told to, so that a busy machine misses
 * nothing of it.
 */
class Stopping {
  readonly #server: TestServer;
  #closed: Promise<void> | undefined;

  constructor(server: TestServer) {
    this.#server = server;
  }

  begin(): void {
    mock.timers.enable({ apis: ['setTimeout'] });
    this.#closed = this.#server.running.close();
  }

  /** Lets the grace pass in which the port is open. */
  async closePort(): Promise<void> {
    while ((await refusalOf(this.#server)) === undefined) mock.timers.tick(GRACE);
  }

  /** Lets the rest of the time pass, and waits for the end. */
  async end(): Promise<void> {
    const state = { isOver: false };
    const over = this.#closed?.finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      mock.timers.tick(GRACE);
      await nextTurn();
    }
    await over;
    mock.timers.reset();
  }
}

/** A gate that opens once: who waits at it is counted. */
class Gate {
  waiting = 0;
  readonly #opened = Promise.withResolvers<void>();

  readonly wait = (): Promise<void> => {
    this.waiting += 1;
    return this.#opened.promise;
  };

  open(): void {
    this.#opened.resolve();
  }
}

describe('a server that is told to stop', () => {
  afterEach(async () => {
    mock.timers.reset();
    await stopTestServers();
  });

  it('says at /readyz that it stops, and still answers', async () => {
    const server = await startTestServer({ grace: GRACE });
    const agent = new HttpAgent({ keepAlive: true });
    await getStatus(server, '/healthz', agent);
    const stopping = new Stopping(server);
    stopping.begin();
    const { status, body } = await server.call('/readyz');
    expect([status, body.status]).to.deep.equal([503, 'draining']);
    expect((await server.call('/healthz')).status).to.equal(200);
    const decided = await server.decide('alice', 'read', 'd1');
    expect(decided.body.decision).to.equal(true);
    // Who would have to connect again just when the port closes might be lost.
    expect(decided.headers.get('connection')).to.equal('keep-alive');
    await stopping.end();
    agent.destroy();
  });

  it('finishes what it has begun', async () => {
    const gate = new Gate();
    const server = await startTestServer({ grace: 0, longest: NEVER, adapt: slowFacts(gate.wait) });
    const asked = Array.from({ length: 20 }, () => server.decide('alice', 'read', 'd1'));
    await eventually('all have begun', () => gate.waiting === asked.length);
    const closed = server.running.close();
    await eventually('the port is closed', async () => (await refusalOf(server)) !== undefined);
    gate.open();
    const answers = await Promise.all(asked);
    expect(answers.map(({ body }) => body.decision as boolean)).to.deep.equal(answers.map(() => true));
    await closed;
  });

  it('answers connections that are there when the port closes, for the last time', async () => {
    const server = await startTestServer({ grace: GRACE });
    const agent = new HttpAgent({ keepAlive: true });
    await getStatus(server, '/healthz', agent);
    const stopping = new Stopping(server);
    stopping.begin();
    await stopping.closePort();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(`${server.running.url}/healthz`, { agent }, resolve).on('error', reject).end();
    });
    expect(answer.statusCode).to.equal(200);
    expect(answer.headers.connection).to.equal('close');
    answer.resume();
    await stopping.end();
    agent.destroy();
  });

  it('closes connections that nobody uses, and takes no new ones', async () => {
    // Nothing is cut off here, so that it ends only by closing what is idle.
    const server = await startTestServer({ grace: 0, longest: NEVER });
    const agent = new HttpAgent({ keepAlive: true });
    await getStatus(server, '/healthz', agent);
    await server.running.close();
    const refused = await server.call('/healthz').catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
    agent.destroy();
  });

  it('waits no longer than it said', async () => {
    const gate = new Gate();
    const server = await startTestServer({ grace: 0, longest: 300, adapt: slowFacts(gate.wait) });
    const cut = server
      .call('/explain', { body: question('alice', 'read', 'd1') })
      .catch((error: unknown) => error);
    await eventually('it has begun', () => gate.waiting === 1);
    // The gate stays closed: it ends only by cutting the request off.
    await server.running.close();
    expect(await cut).to.be.instanceOf(Error);
  });

  it('can be told twice', async () => {
    const server = await startTestServer();
    await Promise.all([server.running.close(), server.running.close()]);
    await server.running.close();
  });

  it('loses no request under load', async () => {
    const server = await startTestServer({ grace: GRACE, longest: NEVER });
    const outcomes: string[] = [];
    const worker = async (): Promise<void> => {
      // A connection of its own, kept alive; it is replaced when the server closes it after an answer.
      const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
      // Nobody tells these clients to go elsewhere: they ask until nobody is there to be asked.
      do outcomes.push(await post(server, agent));
      while (outcomes.at(-1) === 'permit');
      agent.destroy();
    };
    const workers = Array.from({ length: 16 }, worker);
    await eventually('the load', () => outcomes.length >= 100);
    const stopping = new Stopping(server);
    stopping.begin();
    const before = outcomes.length;
    while (outcomes.length < before + 100) await nextTurn();
    await stopping.closePort();
    await Promise.all(workers);
    await stopping.end();
    // Each was answered until its connection was refused, and none was cut off.
    const ends = outcomes.filter((one) => one !== 'permit');
    expect(ends).to.have.length(16);
    for (const end of ends) expect(end).to.include('ECONNREFUSED');
  });
});

describe('a process that gets SIGTERM', function () {
  this.timeout(180_000);

  it('ends with code 0, with its audit log written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-term-'));
    try {
      const { policies, facts } = writeSmallBundle(folder);
      const data = join(folder, 'data');
      const script = fileURLToPath(new URL('../../support/serve-child.ts', import.meta.url));
      const child = spawn(process.execPath, [script, policies, facts, data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.once('data', (line) => resolve(String(line).trim()));
        child.once('exit', () => reject(new Error('the child ended')));
      });
      const key = readFileSync(join(data, 'key'), 'utf8').trim();
      const response = await fetch(`${url}/decide`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(question('alice', 'update', 'd1')),
      });
      const { context } = (await response.json()) as { context: { id: string } };
      const ended = new Promise<number | null>((resolve) => {
        child.once('exit', resolve);
      });
      child.kill('SIGTERM');
      expect(await ended).to.equal(0);
      const [segment] = readdirSync(join(data, 'audit'));
      expect(readFileSync(join(data, 'audit', segment!), 'utf8')).to.include(context.id);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function getStatus(server: TestServer, path: string, agent: HttpAgent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(`${server.running.url}${path}`, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

/** How a new connection is refused, by code; undefined when it is taken. */
function refusalOf(server: TestServer): Promise<string | undefined> {
  const { hostname, port } = new URL(server.running.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

/** What became of one question: `permit`, or what else happened. */
function post(server: TestServer, agent: HttpAgent): Promise<string> {
  const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
  return new Promise((resolve) => {
    httpRequest(`${server.running.url}/decide`, { agent, method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () =>
        resolve((JSON.parse(text) as { decision?: boolean }).decision ? 'permit' : text),
      );
      response.on('error', (error) => resolve(error.message));
    })
      .on('error', (error) => resolve(error.message))
      .end(JSON.stringify(question('alice', 'read', 'd1')));
  });
}
