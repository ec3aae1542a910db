import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { assert, nat, property, string } from 'fast-check';
import { UNKNOWN } from '../../../../src/dsl/types/values.ts';
import {
  checkMediaToken,
  LONGEST_LIFETIME,
  type MediaKey,
  type MediaKeys,
  mintMediaToken,
} from '../../../../src/server/media/media-token.ts';
import { mediaTokenSource } from '../../../../src/server/media/media-token-source.ts';

const NOW = Date.UTC(2026, 0, 5, 10);
const SCOPE = { method: 'GET', path: '/m/1.png', subject: '919108f7-52d1-4320-9bac-f847db4148a8' };

function keysOf(...keys: readonly MediaKey[]): MediaKeys {
  return { active: () => keys[0]!, find: (id) => keys.find((one) => one.id === id) };
}

const keys = keysOf({ id: 'k1', secret: randomBytes(32) });

function mint(change: Partial<typeof SCOPE & { expires: number }> = {}): string {
  return mintMediaToken(keys, { ...SCOPE, expires: NOW + 60_000, now: NOW, ...change });
}

function check(token: string, change: Partial<typeof SCOPE & { now: number }> = {}): boolean {
  return checkMediaToken(keys, token, { ...SCOPE, now: NOW, ...change });
}

describe('media tokens', () => {
  it('are valid for what they were made for', () => {
    expect(mint()).to.match(/^v1\.k1\.[0-9]+\.[A-Za-z0-9_-]{43}$/);
    expect(check(mint())).to.equal(true);
  });

  const changes = { method: 'POST', path: '/m/2.png', subject: 'b6a1c9de-6a3f-4f0e-8d57-0f1f6b1d9c11' };
  for (const [field, value] of Object.entries(changes)) {
    it(`are worth nothing for another ${field}`, () => {
      expect(check(mint(), { [field]: value })).to.equal(false);
    });
  }

  it('are worth nothing with another expiry, key id or version', () => {
    const [version, id, expiry, signature] = mint().split('.') as [string, string, string, string];
    expect(check([version, id, String(Number(expiry) + 1), signature].join('.'))).to.equal(false);
    expect(check([version, 'k2', expiry, signature].join('.'))).to.equal(false);
    expect(check(['v2', id, expiry, signature].join('.'))).to.equal(false);
    expect(check([version, id, `0${expiry}`, signature].join('.'))).to.equal(false);
  });

  it('bind the key id, even if two keys had the same secret', () => {
    const secret = randomBytes(32);
    const token = mintMediaToken(keysOf({ id: 'a', secret }), { ...SCOPE, expires: NOW + 60_000, now: NOW });
    const both = keysOf({ id: 'a', secret }, { id: 'b', secret });
    expect(checkMediaToken(both, token, { ...SCOPE, now: NOW })).to.equal(true);
    expect(checkMediaToken(both, token.replace('.a.', '.b.'), { ...SCOPE, now: NOW })).to.equal(false);
  });

  it('are worth nothing with any one character changed, missing or added', () => {
    const token = mint();
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(check(`${token.slice(0, at)}${other}${token.slice(at + 1)}`), `changed at ${at}`).to.equal(
        false,
      );
      expect(check(token.slice(0, at)), `cut at ${at}`).to.equal(false);
      expect(check(`${token.slice(0, at)}${token.slice(at + 1)}`), `without ${at}`).to.equal(false);
    }
    for (const added of ['=', 'A', ' ', '\n', '.']) expect(check(token + added)).to.equal(false);
  });

  it('have one spelling only', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const token = mint();
    const valid = alphabet.split('').filter((last) => check(token.slice(0, -1) + last));
    expect(valid).to.deep.equal([token.at(-1)]);
  });

  it('keep the borders between their fields', () => {
    assert(
      property(string(), string(), string(), nat(), (method, path, subject, cut) => {
        const token = mint({ method, path, subject });
        const at = cut % (path.length + 1);
        const moved = { method: method + path.slice(0, at), path: path.slice(at), subject };
        const isSame = moved.method === method && moved.path === path;
        expect(check(token, moved)).to.equal(isSame);
      }),
    );
  });

  it('end with the second of their expiry', () => {
    const token = mint({ expires: NOW + 60_999 });
    expect(check(token, { now: NOW + 59_999 })).to.equal(true);
    expect(check(token, { now: NOW + 60_000 })).to.equal(false);
  });

  it('are neither made nor accepted for more than an hour', () => {
    const hour = LONGEST_LIFETIME * 1000;
    const token = mint({ expires: NOW + hour });
    expect(check(token)).to.equal(true);
    // A clock that was ahead when it was made.
    expect(check(token, { now: NOW - 1 })).to.equal(false);
    expect(() => mint({ expires: NOW + hour + 1000 })).to.throw(RangeError);
    expect(() => mint({ expires: NOW })).to.throw(RangeError);
    expect(() => mint({ expires: Number.NaN })).to.throw(RangeError);
  });

  it('answer `media.token_valid` at the time of the decision', () => {
    const about = {
      now: NOW,
      subject: { type: 'user', id: SCOPE.subject },
      resource: { type: 'media', id: 'm' },
      action: 'read',
    };
    const source = mediaTokenSource(() => keys);
    expect(source([mint(), 'GET', '/m/1.png', SCOPE.subject], about)).to.equal(true);
    expect(source([mint(), 'PUT', '/m/1.png', SCOPE.subject], about)).to.equal(false);
    expect(source([mint(), 'GET', '/m/1.png', changes.subject], about)).to.equal(false);
    const later = { ...about, now: NOW + 60_000 };
    expect(source([mint(), 'GET', '/m/1.png', SCOPE.subject], later)).to.equal(false);
    expect(mediaTokenSource(() => undefined)([mint(), 'GET', '/m/1.png', SCOPE.subject], about)).to.equal(
      UNKNOWN,
    );
  });
});
