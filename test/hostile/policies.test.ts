import { expect } from 'chai';
import { MAXIMUM_DIAGNOSTICS, MAXIMUM_SENTENCE } from '../../src/dsl/diagnostics/diagnostic.ts';
import { diagnosticToJson, renderDiagnostics } from '../../src/dsl/diagnostics/render.ts';
import { formatFile } from '../../src/dsl/format/format-file.ts';
import { lintBundle } from '../../src/dsl/lint/lint-bundle.ts';
import { INVISIBLE_CHARACTER } from '../../src/dsl/source/invisible-characters.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { largePolicies } from '../support/hostile-policies.ts';
import { tryCheckText } from '../support/load.ts';

const INVISIBLE = new RegExp(`[\\t\\r]|${INVISIBLE_CHARACTER}`, 'u');

/** Takes a text the whole way: what is promised of every text must hold. Returns the codes, each once. */
function codesOf(text: string): string[] {
  const source = new SourceText('hostile.velro', text);
  const { bundle, diagnostics } = tryCheckText({ 'hostile.velro': text });
  expect(bundle === undefined).to.equal(diagnostics.some((one) => one.severity === 'error'));
  expect(diagnostics.length).to.be.at.most(MAXIMUM_DIAGNOSTICS);
  for (const { span, message, help } of diagnostics) {
    expect(span.start).to.be.within(0, text.length);
    expect(span.end).to.be.within(span.start, text.length);
    expect(Math.max(message.length, help?.length ?? 0)).to.be.at.most(MAXIMUM_SENTENCE);
  }
  const shown = renderDiagnostics(diagnostics, { color: false });
  expect(INVISIBLE.exec(shown)?.[0]).to.equal(undefined);
  // Two places with a line of 100 columns each, and two sentences.
  expect(shown.length).to.be.at.most(diagnostics.length * 2_000 + 100);
  expect(JSON.stringify(diagnostics.map(diagnosticToJson)).length).to.be.at.most(
    diagnostics.length * 4_000 + 100,
  );
  formatFile(parseSource(source).file);
  if (bundle !== undefined) {
    createEngine(bundle);
    lintBundle(bundle, {});
  }
  return [...new Set(diagnostics.map((one) => one.code))].toSorted();
}

describe('hostile policies', function () {
  // Work that grows faster than a text takes minutes here, and much longer than this.
  this.timeout(60_000);

  for (const { what, text, codes } of largePolicies()) {
    it(`of ${what} are ${codes.length === 0 ? 'taken' : `answered with ${codes.join(', ')}`}`, () => {
      expect(codesOf(text)).to.deep.equal(codes);
    });
  }
});
