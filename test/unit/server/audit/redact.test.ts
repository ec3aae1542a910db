import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { CheckedRedaction } from '../../../../src/dsl/check/bundle.ts';
import { hashValue, redact } from '../../../../src/server/audit/redact.ts';

const secret = createSecretKey(Buffer.alloc(32, 7));
const redaction = (path: string, method: 'hash' | 'drop'): CheckedRedaction =>
  ({ path: path.split('.'), method }) as unknown as CheckedRedaction;

describe('redact', () => {
  it('drops and hashes, at any depth', () => {
    const roots = {
      context: { token: 't', ip: '203.0.113.7', session: { id: 's', tls: true } },
      subject: { id: 'u' },
    };
    const redactions = [
      redaction('context.token', 'drop'),
      redaction('context.ip', 'hash'),
      redaction('context.session.id', 'hash'),
    ];
    expect(redact(roots, redactions, secret)).to.deep.equal({
      context: { ip: hashValue('203.0.113.7', secret), session: { id: hashValue('s', secret), tls: true } },
      subject: { id: 'u' },
    });
    expect(roots.context.token, 'the original is left alone').to.equal('t');
  });

  it('drops what two lines name, whichever comes first', () => {
    for (const methods of [
      ['drop', 'hash'],
      ['hash', 'drop'],
    ] as const) {
      const redactions = methods.map((method) => redaction('context.ip', method));
      expect(redact({ context: { ip: 'x' } }, redactions, secret)).to.deep.equal({ context: {} });
    }
  });

  it('drops what stands in the way of a redacted value', () => {
    expect(
      redact({ context: { session: 'a-secret' } }, [redaction('context.session.id', 'hash')], secret),
    ).to.deep.equal({ context: {} });
    expect(
      redact({ context: { session: ['a-secret'] } }, [redaction('context.session.id', 'drop')], secret),
    ).to.deep.equal({ context: {} });
  });

  it('leaves what is not there', () => {
    expect(redact({ context: { ip: null } }, [redaction('context.ip', 'hash')], secret)).to.deep.equal({
      context: { ip: null },
    });
    expect(redact({ context: {} }, [redaction('context.constructor.name', 'hash')], secret)).to.deep.equal({
      context: {},
    });
  });

  it('hashes equal values equally, under one secret', () => {
    expect(hashValue('a', secret))
      .to.equal(hashValue('a', secret))
      .and.match(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(hashValue('a', secret)).not.to.equal(hashValue('a', createSecretKey(Buffer.alloc(32, 8))));
    expect(hashValue(['a'], secret)).not.to.equal(hashValue('a', secret));
  });
});
