import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { listen } from '../../src/server/http/listen.ts';
import { PROBLEMS } from '../../src/server/http/problem-catalogue.ts';
import { type Answer, question, serverFor } from '../support/test-server.ts';

const REPEATED = '"id":"alice"';

/** A request that is permitted, as text; what hurts it is put in by replacing parts of it. */
const GOOD = JSON.stringify({
  ...question('alice', 'read', 'd1', { ip: '203.0.113.7', token: 't', session: { id: 's' } }),
});
const damaged = (part: string, by: string): string => {
  expect(GOOD).to.include(part);
  return GOOD.replace(part, by);
};

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** What is damaged, the body, and what must come of it: a problem's code, or a denial. */
const TABLE: readonly (readonly [string, () => string, string])[] = [
  ['an id twice', () => damaged(REPEATED, '"id":"alice","id":"alice"'), 'malformed_json'],
  [
    'an id twice, once in escapes',
    () => damaged(REPEATED, '"id":"carol","\\u0069d":"alice"'),
    'malformed_json',
  ],
  [
    'a key of the context twice, deep down',
    () => damaged('"id":"s"', '"id":"s","i\\u0064":"t"'),
    'malformed_json',
  ],
  [
    'a key twice in what nobody reads',
    () => damaged('"token":"t"', '"token":"t","x":[{"a":{"b":1,"b":2}}]'),
    'malformed_json',
  ],
  ['an id that is another object’s', () => damaged(REPEATED, '"id":{"toString":"alice"}'), 'invalid_request'],
  ['an id in a list', () => damaged(REPEATED, '"id":["alice"]'), 'invalid_request'],
  ['an id that is infinite', () => damaged(REPEATED, '"id":1e400'), 'invalid_request'],
  ['an id beyond exact integers', () => damaged(REPEATED, '"id":9007199254740993'), 'invalid_request'],
  ['an id of 100 kB', () => damaged(REPEATED, `"id":"${'a'.repeat(60_000)}"`), 'invalid_request'],
  ['an id with NUL', () => damaged(REPEATED, '"id":"alice\\u0000"'), 'denial'],
  ['an id with half a character', () => damaged(REPEATED, '"id":"alice\\ud800"'), 'denial'],
  ['an id that turns around', () => damaged(REPEATED, '"id":"\\u202ealice"'), 'denial'],
  ['an id in full width', () => damaged(REPEATED, '"id":"ａlice"'), 'denial'],
  ['an id with a blank', () => damaged(REPEATED, '"id":" alice"'), 'denial'],
  ['an id in capitals', () => damaged(REPEATED, '"id":"ALICE"'), 'denial'],
  ['the id -0', () => damaged(REPEATED, '"id":-0'), 'denial'],
  ['the id __proto__', () => damaged(REPEATED, '"id":"__proto__"'), 'denial'],
  ['the type __proto__', () => damaged('"type":"user"', '"type":"__proto__"'), 'denial'],
  ['the type constructor', () => damaged('"type":"document"', '"type":"constructor"'), 'denial'],
  ['the action __proto__', () => damaged('"name":"read"', '"name":"__proto__"'), 'denial'],
  ['the action any', () => damaged('"name":"read"', '"name":"any"'), 'denial'],
  ['the action manage', () => damaged('"name":"read"', '"name":"manage"'), 'denial'],
  ['the type all', () => damaged('"type":"document"', '"type":"all"'), 'denial'],
  [
    'an action of 300 characters',
    () => damaged('"name":"read"', `"name":"${'r'.repeat(300)}"`),
    'invalid_request',
  ],
  [
    'a subject from a prototype',
    () => damaged('{"subject"', '{"__proto__":{"subject":1},"subjects"'),
    'invalid_request',
  ],
  [
    'no subject but a prototype with one',
    () =>
      GOOD.replace(/^\{/, '{"constructor":{"prototype":{"subject":{}}},').replace(
        '"subject":{"type"',
        '"subject_":{"type"',
      ),
    'invalid_request',
  ],
  ['an address that is none', () => damaged('"203.0.113.7"', '"203.0.113.7.1"'), 'denial'],
  ['an address with zeros in front', () => damaged('"203.0.113.7"', '"203.000.113.007"'), 'denial'],
  ['an address in digits of another script', () => damaged('"203.0.113.7"', '"٢٠٣.0.113.7"'), 'denial'],
  ['an address that is a number', () => damaged('"203.0.113.7"', '3405803783'), 'denial'],
  ['an address with a zone', () => damaged('"203.0.113.7"', '"fe80::1%eth0"'), 'denial'],
  ['an address of 60 kB', () => damaged('"203.0.113.7"', `"${'1.'.repeat(30_000)}"`), 'denial'],
  [
    'an address in an object with a prototype',
    () => damaged('"203.0.113.7"', '{"__proto__":{"length":4}}'),
    'denial',
  ],
  ['an address that is infinite', () => damaged('"203.0.113.7"', '-1e999'), 'denial'],
  ['10,000 lists', () => damaged('"t"', deep('[', ']', 10_000)), 'nesting_too_deep'],
  [
    '10,000 objects',
    () => damaged('"t"', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    'nesting_too_deep',
  ],
  ['10,000 lists that do not end', () => '['.repeat(10_000), 'nesting_too_deep'],
  ['a megabyte', () => damaged('"t"', `"${'x'.repeat(1_000_000)}"`), 'body_too_large'],
  ['several megabytes', () => damaged('"t"', `"${'x'.repeat(3_000_000)}"`), 'body_too_large'],
  [
    'a number of 60,000 digits as an id',
    () => damaged(REPEATED, `"id":${'9'.repeat(60_000)}`),
    'invalid_request',
  ],
  ['a mark of the byte order within', () => `{\ufeff${GOOD.slice(1)}`, 'malformed_json'],
  ['a remark', () => `${GOOD}// yes`, 'malformed_json'],
  ['a second request behind it', () => `${GOOD}${GOOD}`, 'malformed_json'],
  ['single quotes', () => GOOD.replaceAll('"', "'"), 'malformed_json'],
  ['a line break in a string', () => damaged('"t"', '"\n"'), 'malformed_json'],
  ['NUL behind it', () => `${GOOD}\u0000`, 'malformed_json'],
];

describe('hostile requests', function () {
  this.timeout(60_000);
  const server = serverFor('all');

  const expectNoHarm = async (): Promise<void> => {
    const answer = await server.call('/decide', { body: GOOD });
    expect([answer.status, answer.body.decision]).to.deep.equal([200, true]);
    expect(({} as Record<string, unknown>)['subject']).to.equal(undefined);
  };
  const expectProblem = ({ status, body, headers }: Answer, code?: string): void => {
    expect(headers.get('content-type')).to.equal('application/problem+json');
    if (code !== undefined) expect(body.code, JSON.stringify(body)).to.equal(code);
    expect(status).to.equal(PROBLEMS[body.code as keyof typeof PROBLEMS].status);
    expect(status).to.be.within(400, 499);
    expect(body).not.to.have.property('decision');
    expect(JSON.stringify(body).length).to.be.below(10_000);
  };

  it('begin as one that is permitted', expectNoHarm);

  for (const [what, body, outcome] of TABLE) {
    it(`with ${what} are ${outcome === 'denial' ? 'denied' : `answered ${outcome}`}, and the next is answered`, async () => {
      const answer = await server.call('/decide', { body: body() });
      if (outcome === 'denial') {
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        expect(answer.body.decision).to.equal(false);
      } else expectProblem(answer, outcome);
      const explained = await server.call('/explain', { body: body() });
      if (outcome === 'denial') expect(explained.body.decision).to.equal(false);
      else expectProblem(explained, outcome);
      await expectNoHarm();
    });
  }

  for (const [what, body, outcome] of TABLE) {
    // A batch may be larger than a single question.
    if (outcome === 'body_too_large') continue;
    it(`with ${what} harm no other of their batch`, async () => {
      const batch = `{"evaluations":[${GOOD},${body()},${GOOD}]}`;
      const answer = await server.call('/decide/batch', { body: batch });
      if (answer.status === 200) {
        const [before, bad, after] = answer.body.evaluations;
        expect([before.decision, bad.decision, after.decision]).to.deep.equal([true, false, true]);
        if (outcome !== 'denial') expect(bad.context.error.code).to.equal(outcome);
      } else expectProblem(answer);
      await expectNoHarm();
    });
  }

  it('take nothing from a prototype in what a batch shares', async () => {
    const [, rest = ''] = GOOD.split(/^\{/);
    for (const shared of [`"__proto__":{${rest},`, `"constructor":{"prototype":{${rest}},`]) {
      const { body } = await server.call('/decide/batch', { body: `{${shared}"evaluations":[{}]}` });
      expect(body.evaluations[0]).to.include({ decision: false });
      expect(body.evaluations[0].context.error.code).to.equal('invalid_request');
    }
    await expectNoHarm();
  });

  it('that share as much as they may with as many as they can let others through meanwhile', async () => {
    const shared = question('alice', 'read', 'd1', { ip: '203.0.113.7', junk: Array(30_000).fill(1) });
    const batch = server.call('/decide/batch', {
      body: { ...shared, evaluations: Array.from({ length: 1_000 }, () => ({})) },
    });
    await expectNoHarm();
    expect((await batch).body.evaluations).to.have.length(1_000);
  });

  it('with thousands of keys that nobody declared are answered, and do not repeat them all', async () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, 1]));
    const body = { ...question('alice', 'read', 'd1', many) };
    const answer = await server.call('/decide', { body });
    expect([answer.status, answer.body.decision]).to.deep.equal([200, true]);
    await expectNoHarm();
  });

  it('that are compressed are refused before they are unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, gzip', 'zstd']) {
      const response = await fetch(`${server.running.url}/decide`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${server.key}`,
          'content-type': 'application/json',
          'content-encoding': encoding,
        },
        body: bomb,
      });
      expect([response.status, ((await response.json()) as { code: string }).code]).to.deep.equal([
        415,
        'unsupported_content_encoding',
      ]);
    }
    await expectNoHarm();
  });

  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    it(`whose bytes are no UTF-8 are refused: ${bytes.map((byte) => byte.toString(16)).join(' ')}`, async () => {
      const [before = '', after = ''] = GOOD.split('"t"');
      const response = await fetch(`${server.running.url}/decide`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
        body: Buffer.concat([Buffer.from(`${before}"`), Buffer.from(bytes), Buffer.from(`"${after}`)]),
      });
      expect([response.status, ((await response.json()) as { code: string }).code]).to.deep.equal([
        400,
        'malformed_json',
      ]);
      await expectNoHarm();
    });
  }

  describe('of operators', () => {
    const routes: readonly (readonly [string, string, string])[] = [
      ['POST', '/emergency/modes/lockdown', '{"reason":"r"}'],
      ['DELETE', '/emergency/modes/lockdown', '{"reason":"r"}'],
      [
        'POST',
        '/emergency/overrides/break_glass',
        '{"subject":{"type":"user","id":"dora"},"reason":"r","expiresAfter":"5m"}',
      ],
      ['DELETE', '/emergency/overrides/break_glass', '{"subject":{"type":"user","id":"dora"}}'],
    ];
    for (const [method, path, body] of routes) {
      it(`change nothing at ${method} ${path}`, async () => {
        const bodies = [
          '',
          'null',
          '[]',
          '{}',
          deep('[', ']', 10_000),
          body.replace('{', '{"reason":"a","reason":"b",'),
          body.replace(/"r"|"dora"/, '{"__proto__":{"x":1}}'),
          body.replace(/"r"|"dora"/, `"${'x'.repeat(60_000)}"`),
          body.replace(/"r"|"dora"/, '1e400'),
          `{"__proto__":${body}}`,
          body.slice(0, -1),
        ];
        for (const one of bodies) {
          const answer = await server.call(path, { method, body: one });
          // Leaving a mode takes no body, and one that is off stays off.
          if (method === 'DELETE' && path.includes('/modes/')) expect(answer.body).to.include({ on: false });
          else expectProblem(answer);
        }
        for (const name of [
          '__proto__',
          'constructor',
          '%00',
          '%e2%80%ae',
          'a'.repeat(5_000),
          '..%2f..',
          '%ff',
        ]) {
          const answer = await server.call(path.replace(/[^/]+$/, name), { method, body });
          expectProblem(answer);
        }
        const { modes, overrides } = (await server.call('/emergency')).body;
        expect(JSON.stringify([modes, overrides])).not.to.include('"reason"');
        await expectNoHarm();
      });
    }
  });

  describe('on the wire', () => {
    /** Sends text as it is; resolves to all that came until the connection is closed. */
    const wire = (text: string, isHeldOpen = false, url = new URL(server.running.url)): Promise<string> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = url;
        let received = '';
        const socket = connect(Number(port), hostname, () => {
          if (isHeldOpen) socket.write(text);
          else socket.end(text);
        });
        socket.on('data', (data) => void (received += String(data)));
        socket
          .on('close', () => resolve(received))
          .on('error', (error: NodeJS.ErrnoException) => {
            if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(received);
            else reject(error);
          });
      });
    const head = (extra: string): string =>
      `POST /decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\n${extra}\r\n`;
    const statuses = (received: string): string[] =>
      [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, one = '']) => one);

    it('answers requests that were sent in a row, each by its own', async () => {
      const length = `Content-Length: ${Buffer.byteLength(GOOD)}\r\n`;
      const bad = GOOD.replace('alice', 'carol');
      const last = `Content-Length: ${Buffer.byteLength(bad)}\r\nConnection: close\r\n`;
      const received = await wire(`${head(length)}${GOOD}${head(length)}${GOOD}${head(last)}${bad}`, true);
      expect(statuses(received)).to.deep.equal(['200', '200', '200']);
      expect([...received.matchAll(/"decision":(true|false)/g)].map(([, one]) => one)).to.deep.equal([
        'true',
        'true',
        'false',
      ]);
    });

    for (const [what, extra] of [
      ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
      ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n'],
      ['two lengths', 'Content-Length: 4\r\nContent-Length: 400\r\n'],
      ['a list of lengths', 'Content-Length: 4, 400\r\n'],
      ['a length with a sign', 'Content-Length: +4\r\n'],
      ['a negative length', 'Content-Length: -4\r\n'],
      ['a length in hexadecimal', 'Content-Length: 0x4\r\n'],
      ['an unknown coding', 'Transfer-Encoding: xchunked\r\n'],
      ['chunks twice', 'Transfer-Encoding: chunked, chunked\r\n'],
      ['a blank before the colon', 'Transfer-Encoding : chunked\r\n'],
      ['a header that goes on', 'Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n'],
      ['a lone line feed', 'X: a\nTransfer-Encoding: chunked\r\n'],
      ['NUL in a header', 'X: a\u0000b\r\nContent-Length: 4\r\n'],
    ] as const) {
      it(`takes no request that can be read in two ways: ${what}`, async () => {
        const hidden = head(`Content-Length: ${Buffer.byteLength(GOOD)}\r\nConnection: close\r\n`) + GOOD;
        const received = await wire(`${head(extra)}0\r\n\r\n${hidden}`);
        expect(received).not.to.include('"decision":true');
        expect(statuses(received)[0] ?? '400', received.slice(0, 300)).to.match(/^4/);
        await expectNoHarm();
      });
    }

    it('takes no body with broken chunks', async () => {
      for (const chunks of [
        'zz\r\nabcd\r\n0\r\n\r\n',
        'ffffffffffffffffff\r\na',
        '-1\r\na\r\n0\r\n\r\n',
        '4\r\nabcdef\r\n0\r\n\r\n',
      ]) {
        const received = await wire(`${head('Transfer-Encoding: chunked\r\n')}${chunks}`);
        expect(received).not.to.include('"decision"');
        expect(statuses(received)[0] ?? '400').to.match(/^4/);
      }
      await expectNoHarm();
    });

    it('takes no end of a connection for the end of a body', async () => {
      const received = await wire(`${head(`Content-Length: ${Buffer.byteLength(GOOD) + 1}\r\n`)}${GOOD}`);
      expect(received).not.to.include('"decision"');
      await expectNoHarm();
    });

    it('answers others while many connections say nothing or little', async () => {
      const { hostname, port } = new URL(server.running.url);
      const slow = Array.from({ length: 50 }, (_, index) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(index % 2 === 0 ? 'POST /decide HT' : `${head('Content-Length: 60000\r\n')}{"a`);
        });
        socket.on('error', () => {});
        return socket;
      });
      await expectNoHarm();
      for (const socket of slow) socket.destroy();
      await expectNoHarm();
    });

    it('refuses headers without an end, many and long', async () => {
      for (const extra of [
        `X: ${'x'.repeat(100_000)}\r\n`,
        Array.from({ length: 5_000 }, (_, index) => `X${index}: y\r\n`).join(''),
        `${'A'.repeat(50_000)}: y\r\n`,
        `Cookie: ${'a=b; '.repeat(20_000)}\r\n`,
      ]) {
        const received = await wire(head(extra));
        expect(received === '' || received.startsWith('HTTP/1.1 4'), received.slice(0, 100)).to.equal(true);
      }
      await expectNoHarm();
    });

    it('ends what stalls, a head or a body', async () => {
      const { server: stalled, url } = await listen((request) => void request.resume(), '127.0.0.1', 0);
      expect([stalled.headersTimeout, stalled.requestTimeout]).to.deep.equal([10_000, 30_000]);
      // As it would be, only sooner.
      stalled.headersTimeout = 100;
      stalled.requestTimeout = 200;
      try {
        for (const text of ['POST /decide HTTP/1.1\r\nHost', `${head('Content-Length: 1000\r\n')}{`]) {
          const received = await wire(text, true, new URL(url));
          expect(statuses(received)).to.deep.equal(['408']);
          expect(received).to.include('"code":"request_timeout"');
        }
      } finally {
        stalled.closeAllConnections();
        stalled.close();
      }
    });
  });
});
