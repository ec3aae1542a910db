import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import type { CheckedRedaction } from '../../../../src/dsl/check/bundle.ts';
import { type JsonRecord, redact } from '../../../../src/server/audit/redact.ts';
import { createValueHash } from '../../../../src/server/audit/value-hash.ts';

const hashValue = createValueHash(createSecretKey(Buffer.alloc(32, 7)));
const redaction = (path: string, method: 'hash' | 'drop'): CheckedRedaction =>
  ({ path: path.split('.'), method }) as unknown as CheckedRedaction;

/** What becomes of a record. */
function redacted(roots: JsonRecord, redactions: readonly CheckedRedaction[]): JsonRecord {
  redact(roots, redactions, hashValue);
  return roots;
}

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
    expect(redacted(roots, redactions)).to.deep.equal({
      context: { ip: hashValue('203.0.113.7'), session: { id: hashValue('s'), tls: true } },
      subject: { id: 'u' },
    });
  });

  it('drops what two lines name, whichever comes first', () => {
    for (const methods of [
      ['drop', 'hash'],
      ['hash', 'drop'],
    ] as const) {
      const redactions = methods.map((method) => redaction('context.ip', method));
      expect(redacted({ context: { ip: 'x' } }, redactions)).to.deep.equal({ context: {} });
    }
  });

  it('drops what stands in the way of a redacted value', () => {
    expect(
      redacted({ context: { session: 'a-secret' } }, [redaction('context.session.id', 'hash')]),
    ).to.deep.equal({ context: {} });
    expect(
      redacted({ context: { session: ['a-secret'] } }, [redaction('context.session.id', 'drop')]),
    ).to.deep.equal({ context: {} });
  });

  it('leaves what is not there', () => {
    expect(redacted({ context: { ip: null } }, [redaction('context.ip', 'hash')])).to.deep.equal({
      context: { ip: null },
    });
    expect(redacted({ context: {} }, [redaction('context.constructor.name', 'hash')])).to.deep.equal({
      context: {},
    });
  });
});
