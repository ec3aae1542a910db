import { expect } from 'chai';
import { DATABASE_DIAGNOSTICS } from '../../../src/dsl/diagnostics/database.ts';
import { diagnosticSections, titleOf } from '../../support/diagnostics-page.ts';
import { sharedPostgres } from '../../support/postgres-database.ts';
import { findMismatches } from '../../support/tables.ts';

describe('docs/diagnostics.md on VEL5xxx', function () {
  this.timeout(180_000);
  const sections = new Map(diagnosticSections('VEL5').map((one) => [one.code, one]));
  // Roles belong to the server, and go once the databases are gone in which they may do something.
  after(async () => {
    await (await sharedPostgres()).run('drop role if exists nobody_reads, somebody_reads');
  });

  it('has a section for every code of its catalogue, sorted, and no other', () => {
    const codes = Object.values(DATABASE_DIAGNOSTICS).map((entry) => entry.code);
    expect(codes).to.deep.equal(codes.toSorted());
    expect(new Set(codes).size).to.equal(codes.length);
    expect(codes.filter((code) => !code.startsWith('VEL5'))).to.deep.equal([]);
    expect([...sections.keys()]).to.deep.equal(codes);
  });

  for (const [name, { code, severity }] of Object.entries(DATABASE_DIAGNOSTICS)) {
    it(`shows what raises ${code} and how to mend it`, async () => {
      const section = sections.get(code);
      expect(section?.title).to.equal(titleOf(name));
      const [raising, mended, ...more] = section?.examples ?? [];
      expect([raising?.info, mended?.info, more]).to.deep.equal([`raises=${code}`, 'ok', []]);
      const found = await findMismatches(raising!.tables, raising!.text);
      expect(found.map((one) => [one.code, one.severity])).to.deep.equal(found.map(() => [code, severity]));
      expect(found).not.to.be.empty;
      for (const { message } of found)
        expect(message)
          .to.match(/^[^A-Z]/)
          .and.not.match(/\.$/);
      expect(await findMismatches(mended!.tables, mended!.text)).to.deep.equal([]);
    });
  }
});
