import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { assert, property, string, uint8Array } from 'fast-check';
import { createValueHash } from '../../../../src/server/audit/value-hash.ts';

const keyOf = (bytes: Uint8Array) => createSecretKey(Buffer.from(bytes));

describe('createValueHash', () => {
  const secret = keyOf(randomBytes(32));
  const hashValue = createValueHash(secret);
  const slowly = (text: string, key = secret): string =>
    `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`;

  it('is HMAC-SHA-256, whatever the text and the secret', () => {
    assert(
      property(
        string({ unit: 'binary', maxLength: 100 }),
        uint8Array({ minLength: 1, maxLength: 200 }),
        (text, bytes) => {
          expect(createValueHash(keyOf(bytes))(text)).to.equal(slowly(text, keyOf(bytes)));
        },
      ),
    );
  });

  it('is the same at every length, and after a longer text', () => {
    for (const length of [
      0, 1, 55, 56, 63, 64, 65, 1_364, 1_365, 1_366, 4_095, 4_096, 4_097, 100_000, 1, 0,
    ]) {
      for (const unit of ['x', 'é', '€', '\ud800']) {
        const text = unit.repeat(length);
        expect(hashValue(text), `${length} times ${unit}`).to.equal(slowly(text));
      }
    }
  });

  it('hashes equal values equally, and other kinds of values as other values', () => {
    expect(hashValue(['a']))
      .to.equal(hashValue(['a']))
      .and.not.to.equal(hashValue('a'));
    expect(hashValue('a')).not.to.equal(createValueHash(keyOf(Buffer.alloc(32, 8)))('a'));
  });
});
