import { connect } from 'node:net';
import { expect } from 'chai';
import { pino } from 'pino';
import {
  type Answer,
  type CallOptions,
  DECIDE_KEY,
  question,
  serverFor,
  startTestServer,
} from '../../support/test-server.ts';

const good = question('alice', 'read', 'd1');

describe('HTTP', () => {
  const server = serverFor('all');

  const expectProblem = (answer: Answer, status: number, code: string): void => {
    expect(answer.body, JSON.stringify(answer.body)).to.include({
      status,
      code,
      type: `urn:velro:problem:${code}`,
    });
    expect(answer.status).to.equal(status);
    expect(answer.headers.get('content-type')).to.equal('application/problem+json');
    expect(answer.body.title).to.be.a('string').and.not.equal('');
    expect(answer.body.detail).to.be.a('string').and.not.equal('');
    expect(answer.body.requestId).to.equal(answer.headers.get('x-request-id'));
    expect(answer.body).not.to.have.any.keys('decision', 'context', 'stack');
  };
  const refuses = (what: string, status: number, code: string, path: string, options: CallOptions): void => {
    it(`answers ${status} ${code} to ${what}`, async () =>
      expectProblem(await server.call(path, options), status, code));
  };

  describe('callers', () => {
    for (const path of ['/decide', '/explain']) {
      for (const [what, key] of [
        ['no key', null],
        ['a wrong key', 'x'.repeat(43)],
      ] as const) {
        it(`are refused at ${path} with ${what}`, async () => {
          const answer = await server.call(path, { body: good, key });
          expectProblem(answer, 401, 'unauthenticated');
          expect(answer.headers.get('www-authenticate')).to.equal('Bearer');
        });
      }
    }

    it('are refused before anything that they sent is looked at', async () => {
      expectProblem(await server.call('/decide', { body: 'no json', key: null }), 401, 'unauthenticated');
      expectProblem(await server.call('/emergency', { key: null }), 401, 'unauthenticated');
    });

    it('may only ask for decisions with a key for decisions', async () => {
      const key = DECIDE_KEY;
      for (const path of ['/decide', '/explain'])
        expect((await server.call(path, { body: good, key })).status, path).to.equal(200);
      const reason = { reason: 'drill' };
      expectProblem(await server.call('/emergency', { key }), 403, 'scope_missing');
      const entering = await server.call('/emergency/modes/lockdown', { body: reason, key });
      expectProblem(entering, 403, 'scope_missing');
      const { modes } = (await server.call('/emergency')).body;
      expect(modes.map((mode: { on: boolean }) => mode.on)).to.not.include(true);
    });

    it('need no key for health, readiness and the description', async () => {
      for (const path of ['/healthz', '/readyz', '/readyz?verbose', '/openapi.json']) {
        expect((await server.call(path, { key: null })).status, path).to.equal(200);
      }
    });
  });

  describe('bodies', () => {
    const large = (bytes: number): string => {
      const frame = JSON.stringify({ ...good, context: { padding: '' } });
      return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
    };

    it('may have 64 KiB', async () => {
      const body = large(64 * 1024);
      expect(Buffer.byteLength(body)).to.equal(65_536);
      expect((await server.call('/decide', { body })).status).to.equal(200);
    });
    refuses('one byte more', 413, 'body_too_large', '/decide', { body: large(64 * 1024 + 1) });
    refuses('ten times as much', 413, 'body_too_large', '/decide', { body: large(640 * 1024) });

    it('that never end are cut off', async () => {
      const { hostname, port } = new URL(server.running.url);
      const answer = await new Promise<string>((resolve, reject) => {
        let received = '';
        const socket = connect(Number(port), hostname);
        const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
        const send = (): void => {
          while (socket.writable && socket.write(chunk));
        };
        socket.write(
          `POST /decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
        socket.on('drain', send).on('data', (data) => {
          received += String(data);
        });
        socket.on('close', () => resolve(received)).on('error', () => resolve(received));
        setTimeout(() => reject(new Error('still open')), 10_000).unref();
        send();
      });
      // The answer may be lost when the connection is cut while the client writes; that it is cut must not be.
      expect(answer === '' || answer.startsWith('HTTP/1.1 413')).to.equal(true);
    });

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json; charset=latin1',
    ]) {
      refuses(`content type ${type}`, 400, 'unsupported_content_type', '/decide', {
        body: JSON.stringify(good),
        headers: { 'content-type': type },
      });
    }
    for (const type of [
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;charset="UTF-8"',
    ]) {
      it(`are taken as ${type}`, async () => {
        const answer = await server.call('/decide', { body: good, headers: { 'content-type': type } });
        expect(answer.status).to.equal(200);
      });
    }
    refuses('a compressed body', 415, 'unsupported_content_encoding', '/decide', {
      body: good,
      headers: { 'content-encoding': 'gzip' },
    });

    for (const [what, body] of [
      ['an empty body', ''],
      ['half an object', '{"subject":'],
      ['a trailing comma', '{"subject":{},}'],
      ['a key that comes twice', JSON.stringify(good).replace('{', '{"action":{"name":"delete"},')],
      [
        'a nested key that comes twice',
        '{"subject":{"type":"user","id":"alice","id":"bob"},"action":{"name":"read"},"resource":{"type":"document","id":"d1"}}',
      ],
      ['a key that comes twice in two spellings', '{"a":1,"\\u0061":2}'],
      ['NaN', '{"context":{"a":NaN}}'],
    ] as const) {
      refuses(what, 400, 'malformed_json', '/decide', { body });
    }
    it('that are not UTF-8 are refused', async () => {
      const response = await fetch(`${server.running.url}/decide`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
        body: Buffer.from([0x22, 0xff, 0x22]),
      });
      expect(response.status).to.equal(400);
    });
    refuses('33 levels', 400, 'nesting_too_deep', '/decide', { body: `${'['.repeat(33)}${']'.repeat(33)}` });
    refuses('thirty thousand levels', 400, 'nesting_too_deep', '/decide', { body: '{"a":'.repeat(10_000) });

    for (const [what, body, pointers] of [
      ['nothing that is required', {}, ['/subject', '/action', '/resource']],
      ['no id', { ...good, subject: { type: 'user' } }, ['/subject/id']],
      ['no type', { ...good, resource: { id: 'd1' } }, ['/resource/type']],
      ['no action name', { ...good, action: {} }, ['/action/name']],
      ['a subject that is text', { ...good, subject: 'user:alice' }, ['/subject']],
      ['an id that is an object', { ...good, subject: { type: 'user', id: {} } }, ['/subject/id']],
      ['an id that is a fraction', { ...good, subject: { type: 'user', id: 1.5 } }, ['/subject/id']],
      ['an id beyond exact integers', { ...good, subject: { type: 'user', id: 2 ** 60 } }, ['/subject/id']],
      ['an empty id', { ...good, subject: { type: 'user', id: '' } }, ['/subject/id']],
      ['a context that is a list', { ...good, context: [] }, ['/context']],
      [
        'properties that are text',
        { ...good, action: { name: 'read', properties: 'x' } },
        ['/action/properties'],
      ],
    ] as const) {
      it(`that have ${what} are refused, and the place is named`, async () => {
        const answer = await server.call('/decide', { body });
        expectProblem(answer, 400, 'invalid_request');
        expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).to.have.members([
          ...pointers,
        ]);
        expect(answer.body.errors.every((one: { message: string }) => one.message !== '')).to.equal(true);
      });
    }
    for (const body of ['null', '[]', '"x"', '1', 'true']) {
      refuses(`the body ${body}`, 400, 'invalid_request', '/decide', { body });
    }

    it('with hostile keys pollute nothing and grant nothing', async () => {
      const hostile = [
        `{"__proto__":{"isAdmin":true,"status":200},"subject":{"type":"user","id":"carol","properties":{"__proto__":{"status":"active"},"constructor":{"prototype":{"x":1}}}},"action":{"name":"read"},"resource":{"type":"document","id":"d1"},"context":{"__proto__":{"ip":"203.0.113.7"},"toString":1,"hasOwnProperty":1}}`,
        `{"subject":{"type":"__proto__","id":"__proto__"},"action":{"name":"constructor"},"resource":{"type":"toString","id":"hasOwnProperty"}}`,
        `{"subject":{"type":"user","id":"__proto__"},"action":{"name":"read"},"resource":{"type":"document","id":"constructor"}}`,
      ];
      for (const body of hostile) {
        const answer = await server.call('/decide', { body });
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        expect(answer.body.decision).to.equal(false);
      }
      expect((await server.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
      expect(({} as Record<string, unknown>)['isAdmin']).to.equal(undefined);
    });

    it('with required fields only in a prototype lack them', async () => {
      const body = `{"__proto__":${JSON.stringify(good)}}`;
      expectProblem(await server.call('/decide', { body }), 400, 'invalid_request');
    });

    it('with numbers of any size are answered', async () => {
      const body = `${JSON.stringify(good).slice(0, -1)},"context":{"ip":1e999,"token":-1e999,"session":{"id":${'9'.repeat(400)}}}}`;
      const answer = await server.call('/decide', { body });
      expect(answer.status).to.equal(200);
      expect(answer.body.context.illTyped).to.have.members([
        'context.ip',
        'context.token',
        'context.session.id',
      ]);
    });
  });

  describe('addresses', () => {
    for (const path of ['/', '/decisions', '/decide/x', '/Decide', '/emergency/modes', '/..%2f..%2fetc']) {
      refuses(path, 404, 'not_found', path, { method: 'GET' });
    }
    it('that cannot be decoded are not there', async () => {
      expect((await server.call('/emergency/modes/%zz', { body: { reason: 'x' } })).status).to.equal(404);
    });

    for (const [method, path, allow] of [
      ['GET', '/decide', 'POST'],
      ['PUT', '/decide', 'POST'],
      ['DELETE', '/explain', 'POST'],
      ['OPTIONS', '/decide', 'POST'],
      ['POST', '/healthz', 'GET, HEAD'],
      ['POST', '/readyz', 'GET, HEAD'],
      ['PATCH', '/emergency/modes/lockdown', 'DELETE, POST'],
      ['GET', '/emergency/overrides/break_glass', 'DELETE, POST'],
    ] as const) {
      it(`answer ${method} ${path} with 405 and say ${allow}`, async () => {
        const answer = await server.call(path, { method });
        expectProblem(answer, 405, 'method_not_allowed');
        expect(answer.headers.get('allow')).to.equal(allow);
      });
    }

    it('answer HEAD like GET, without a body', async () => {
      const answer = await server.call('/healthz', { method: 'HEAD' });
      expect(answer.status).to.equal(200);
      expect(answer.body).to.equal(undefined);
    });
  });

  describe('headers', () => {
    it('repeat a usable request id', async () => {
      for (const id of ['abc', 'a b:c/d=~', 'x'.repeat(128)]) {
        const answer = await server.call('/decide', { body: good, headers: { 'x-request-id': id } });
        expect(answer.headers.get('x-request-id')).to.equal(id);
      }
    });

    it('replace an unusable one', async () => {
      for (const id of ['', 'x'.repeat(129), 'caf\u00e9', 'a\tb']) {
        const answer = await server.call('/healthz', { headers: { 'x-request-id': id } });
        expect(answer.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
      }
    });

    it('make one up otherwise, a new one each time', async () => {
      const ids = await Promise.all(
        Array.from({ length: 20 }, async () => (await server.call('/nowhere')).headers.get('x-request-id')),
      );
      expect(new Set(ids).size).to.equal(20);
    });

    it('keep answers out of caches and pages, and say nothing of the software', async () => {
      for (const path of ['/healthz', '/nowhere', '/openapi.json']) {
        const { headers } = await server.call(path);
        expect(headers.get('cache-control')).to.equal('no-store');
        expect(headers.get('x-content-type-options')).to.equal('nosniff');
        expect(headers.get('content-security-policy')).to.include("default-src 'none'");
        for (const name of ['x-powered-by', 'server', 'etag']) expect(headers.get(name), name).to.equal(null);
      }
    });
  });

  it('does not take a caller who hangs up for an error of its own', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const other = await startTestServer({ log });
    const { hostname, port } = new URL(other.running.url);
    const head = `POST /decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${other.key}\r\nContent-Type: application/json\r\n`;
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`${head}Content-Length: 100\r\n\r\n{`, () => setTimeout(() => socket.destroy(), 50)),
      );
      socket.on('close', () => resolve()).on('error', reject);
    });
    expect((await other.call('/healthz')).status).to.equal(200);
    await other.running.close();
    expect(lines.join('')).to.include('stopped').and.not.include('error');
  });

  describe('what is no HTTP', () => {
    const exchange = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(server.running.url);
        let received = '';
        const socket = connect(Number(port), hostname, () => socket.write(text));
        socket.on('data', (data) => {
          received += String(data);
        });
        socket.on('close', () => resolve(received)).on('error', reject);
      });

    it('is a 400 problem', async () => {
      const answer = await exchange('HELLO\r\n\r\n');
      expect(answer).to.match(/^HTTP\/1\.1 400 Bad Request/);
      expect(answer).to.include('"code":"malformed_http"');
      const id = /^X-Request-ID: (\S+)\r$/m.exec(answer)?.[1];
      expect(answer).to.include(`"requestId":"${id}"`);
    });

    it('is a 400 problem when the Host is missing, except from HTTP 1.0', async () => {
      const answer = await exchange('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
      expect(answer).to.match(/^HTTP\/1\.1 400 Bad Request/);
      expect(answer).to.include('"code":"malformed_http"').and.include('Host');
      expect(await exchange('GET /healthz HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 200 /);
    });

    it('is not made of an expectation that nobody knows', async () => {
      const text = 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: more\r\nConnection: close\r\n\r\n';
      expect(await exchange(text)).to.match(/^HTTP\/1\.1 200 /);
    });

    it('is a 431 problem when the headers are too large', async () => {
      const answer = await exchange(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
      expect(answer).to.match(/^HTTP\/1\.1 431 /);
      expect(answer).to.include('"code":"headers_too_large"');
    });

    it('is refused when it could be read in two ways', async () => {
      const smuggling =
        'POST /decide HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
      expect(await exchange(smuggling)).to.match(/^HTTP\/1\.1 400 /);
    });
  });
});
