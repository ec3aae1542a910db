import { expect } from 'chai';
import { DatabaseUnavailable } from '../../../../src/server/store/database-unavailable.ts';
import { serverFor } from '../../../support/test-server.ts';

describe('a database that does not answer', () => {
  const server = serverFor('all', () => ({
    adapt: (ports) => ({
      ...ports,
      database: {
        ...ports.database,
        status() {
          throw new DatabaseUnavailable('busy', 'all 75 connections of the read pool are in use');
        },
      },
    }),
  }));

  it('is a 503 that may be tried again', async () => {
    const { status, headers, body } = await server.call('/readyz?verbose');
    expect(status).to.equal(503);
    expect(headers.get('retry-after')).to.equal('1');
    expect(body).to.include({
      code: 'database_unavailable',
      detail: 'all connections that this request may use are in use',
    });
  });
});
