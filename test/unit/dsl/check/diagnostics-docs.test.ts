import { expect } from 'chai';
import type { DiagnosticSpec } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import { MEANING_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/meaning.ts';
import { NAME_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/names.ts';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { diagnosticsPart } from '../../../support/diagnostics-page.ts';
import { tryCheckText } from '../../../support/load.ts';

interface Section {
  readonly title: string;
  readonly raises: readonly { readonly code: string; readonly text: string }[];
  readonly ok: readonly string[];
}

/** The sections of a part by code. */
function sectionsOf(family: string): Map<string, Section> {
  const text = diagnosticsPart(family);
  const sections = new Map<string, Section>();
  for (const part of text.split(/^### /m).slice(1)) {
    const [heading = ''] = part.split('\n', 1);
    const [code = '', title = ''] = heading.split(' · ');
    const blocks = [...part.matchAll(/^```velro (\S+)\n([\s\S]*?)^```$/gm)];
    const raises = blocks
      .filter(([, tag]) => tag !== 'ok')
      .map(([, tag = '', body = '']) => ({ code: tag.replace('raises=', ''), text: body }));
    sections.set(code, {
      title,
      raises,
      ok: blocks.filter(([, tag]) => tag === 'ok').map(([, , body = '']) => body),
    });
  }
  return sections;
}

const PARTS: readonly {
  readonly family: string;
  readonly catalogue: Record<string, DiagnosticSpec<never>>;
}[] = [
  { family: 'VEL2', catalogue: NAME_DIAGNOSTICS },
  { family: 'VEL3', catalogue: MEANING_DIAGNOSTICS },
];

for (const { family, catalogue } of PARTS) {
  describe(`docs/diagnostics.md on ${family}xxx`, () => {
    const sections = sectionsOf(family);

    it('has a section for every code of its catalogue, sorted, and no other', () => {
      const codes = Object.values(catalogue).map((entry) => entry.code);
      expect(codes).to.deep.equal(codes.toSorted());
      expect(new Set(codes).size).to.equal(codes.length);
      expect([...sections.keys()]).to.deep.equal(codes);
    });

    for (const [name, { code, severity }] of Object.entries(catalogue)) {
      it(`shows what raises ${code} and how to mend it`, () => {
        const section = sections.get(code);
        expect(section?.title).to.equal(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
        expect(section?.raises).to.not.be.empty;
        expect(section?.ok).to.not.be.empty;
        for (const example of section?.raises ?? []) {
          const { diagnostics } = tryCheckText(example.text);
          expect(
            diagnostics.map((one) => one.code),
            example.text,
          ).to.include(example.code);
          expect(example.code).to.equal(code);
          expect(diagnostics.find((one) => one.code === code)?.severity).to.equal(severity);
          for (const one of diagnostics) {
            expect(one.message)
              .to.match(/^[^A-Z]/)
              .and.not.match(/\.$/);
          }
        }
        for (const text of section?.ok ?? []) {
          const { bundle, diagnostics } = tryCheckText(text);
          expect(bundle, renderDiagnostics(diagnostics, { color: false })).to.not.equal(undefined);
          expect(diagnostics.map((one) => one.code)).to.not.include(code);
        }
      });
    }
  });
}
