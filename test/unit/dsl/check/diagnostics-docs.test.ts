import { expect } from 'chai';
import type { DiagnosticSpec } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import { MEANING_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/meaning.ts';
import { NAME_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/names.ts';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { diagnosticSections, titleOf } from '../../../support/diagnostics-page.ts';
import { tryCheckText } from '../../../support/load.ts';

const PARTS: readonly {
  readonly family: string;
  readonly catalogue: Record<string, DiagnosticSpec<never>>;
}[] = [
  { family: 'VEL2', catalogue: NAME_DIAGNOSTICS },
  { family: 'VEL3', catalogue: MEANING_DIAGNOSTICS },
];

for (const { family, catalogue } of PARTS) {
  describe(`docs/diagnostics.md on ${family}xxx`, () => {
    const sections = new Map(diagnosticSections(family).map((one) => [one.code, one]));

    it('has a section for every code of its catalogue, sorted, and no other', () => {
      const codes = Object.values(catalogue).map((entry) => entry.code);
      expect(codes).to.deep.equal(codes.toSorted());
      expect(new Set(codes).size).to.equal(codes.length);
      expect(codes.filter((code) => !code.startsWith(family))).to.deep.equal([]);
      expect([...sections.keys()]).to.deep.equal(codes);
    });

    for (const [name, { code, severity }] of Object.entries(catalogue)) {
      it(`shows what raises ${code} and how to mend it`, () => {
        const section = sections.get(code);
        expect(section?.title).to.equal(titleOf(name));
        const raising = section?.examples.filter(({ info }) => info !== 'ok') ?? [];
        const mended = section?.examples.filter(({ info }) => info === 'ok') ?? [];
        expect(raising).to.not.be.empty;
        expect(mended).to.not.be.empty;
        for (const { info, text } of raising) {
          const { diagnostics } = tryCheckText(text);
          expect(
            diagnostics.map((one) => one.code),
            text,
          ).to.include(code);
          expect(info).to.equal(`raises=${code}`);
          expect(diagnostics.find((one) => one.code === code)?.severity).to.equal(severity);
          for (const one of diagnostics) {
            expect(one.message)
              .to.match(/^[^A-Z]/)
              .and.not.match(/\.$/);
          }
        }
        for (const { text } of mended) {
          const { bundle, diagnostics } = tryCheckText(text);
          expect(bundle, renderDiagnostics(diagnostics, { color: false })).to.not.equal(undefined);
          expect(diagnostics.map((one) => one.code)).to.not.include(code);
        }
      });
    }
  });
}
