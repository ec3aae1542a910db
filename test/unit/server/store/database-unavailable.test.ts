import { expect } from 'chai';
import { DatabaseUnavailable, failureOf } from '../../../../src/server/store/database-unavailable.ts';

const sqlError = (code: string): Error => Object.assign(new Error(code), { code });

describe('failureOf', () => {
  for (const code of ['42601', '23505', '40001', '22012', '25006', '42P01'])
    it(`leaves ${code} to the caller`, () => {
      const error = sqlError(code);
      expect(failureOf(error)).to.equal(error);
    });

  for (const code of ['57P01', '57P03', '53300', '58030', 'XX000', 'ECONNRESET', 'EPIPE'])
    it(`holds ${code} against the server`, () => {
      expect(failureOf(sqlError(code)))
        .to.be.instanceOf(DatabaseUnavailable)
        .with.property('isFailure', true);
    });

  it('holds a lost connection against the server, and a statement that was too slow not', () => {
    expect(failureOf(new Error('Connection terminated unexpectedly'))).to.include({ reason: 'unreachable' });
    expect(failureOf(sqlError('57014'))).to.include({ reason: 'too_slow', isFailure: false });
  });
});
