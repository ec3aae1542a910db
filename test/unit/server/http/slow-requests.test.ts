import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { bodyChunks } from '../../../../src/server/http/body-chunks.ts';
import { listen } from '../../../../src/server/http/listen.ts';
import { Problem } from '../../../../src/server/http/problem.ts';
import { hurryAgain, takeItsTime } from '../../../../src/server/http/slow-requests.ts';
import { eventually } from '../../../support/eventually.ts';

describe('a request that may take its time', () => {
  it('is not ended when others are, and the next one of its connection is', async function () {
    this.timeout(60_000);
    const { server, url } = await listen(
      (request, response) => {
        if (request.url === '/slow') {
          takeItsTime(request);
          response.once('close', () => hurryAgain(request));
        }
        request.resume().once('end', () => response.end('whole'));
      },
      '127.0.0.1',
      0,
    );
    server.headersTimeout = 100;
    server.requestTimeout = 200;
    const received = new Map<Socket, string>();
    const open = async (path: string): Promise<Socket> => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      received.set(socket, '');
      socket.on('data', (data) => received.set(socket, received.get(socket)! + String(data)));
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na`);
      return socket;
    };
    try {
      const slow = await open('/slow');
      // It came later, so whoever ends it has looked at the other one.
      const other = await open('/other');
      await eventually('the other one is ended', () => received.get(other)!.includes('408'));
      expect(received.get(slow)).to.equal('');
      slow.write('b');
      await eventually('an answer', () => received.get(slow)!.endsWith('whole'));
      expect(received.get(slow)).to.match(/^HTTP\/1\.1 200 /);
      slow.write('POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na');
      await eventually('the next one is ended', () => received.get(slow)!.includes('HTTP/1.1 408'));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is given up on when nothing comes', async () => {
    const outcome = Promise.withResolvers<unknown>();
    const { server, url } = await listen(
      (request) => {
        void (async () => {
          const { chunks } = bodyChunks(request, 30);
          while ((await chunks.next()).done !== true);
        })().then(() => outcome.resolve('whole'), outcome.resolve);
      },
      '127.0.0.1',
      0,
    );
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na');
    try {
      const problem = await outcome.promise;
      expect(problem).to.be.instanceOf(Problem);
      expect((problem as Problem).code).to.equal('request_timeout');
    } finally {
      socket.destroy();
      server.closeAllConnections();
      server.close();
    }
  });
});
