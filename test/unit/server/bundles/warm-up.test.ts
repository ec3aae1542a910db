import { expect } from 'chai';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import { warmUp } from '../../../../src/server/bundles/warm-up.ts';
import { loadReferenceBundle } from '../../../support/reference-bundle.ts';

const NOW = Date.parse('2026-01-05T10:00:00Z');
const NO_SOURCES = { sources: {}, status: {} };

/** An engine that keeps what it was asked, and the codes that it answered. */
function listening(engine: Engine): {
  engine: Engine;
  decided: Set<string>;
  explained: Set<string>;
  codes: Set<string>;
} {
  const decided = new Set<string>();
  const explained = new Set<string>();
  const codes = new Set<string>();
  const recorded: Engine = {
    ...engine,
    decide(request, facts, circumstances) {
      const verdict = engine.decide(request, facts, circumstances);
      decided.add(request.triple?.key ?? 'undeclared');
      codes.add(verdict.code);
      return verdict;
    },
    explain(request, facts, circumstances, options) {
      explained.add(request.triple?.key ?? 'undeclared');
      expect(options?.changes).to.equal(false);
      return engine.explain(request, facts, circumstances, options);
    },
  };
  return { engine: recorded, decided, explained, codes };
}

describe('warming up', () => {
  const { bundle } = loadReferenceBundle();
  const keys = bundle.triples.map((triple) => triple.key);

  it('decides and explains every question that the bundle declares, by its rules', () => {
    const heard = listening(createEngine(bundle));
    warmUp(heard.engine, NO_SOURCES, () => 0, NOW);
    expect([...heard.decided]).to.have.members(keys);
    expect([...heard.explained]).to.have.members(keys);
    // Nothing is denied before any rule was asked.
    expect([...heard.codes]).to.deep.equal(['forbidden']);
  });

  it('can decide first, and explain later', () => {
    const heard = listening(createEngine(bundle));
    warmUp(heard.engine, NO_SOURCES, () => 0, NOW, ['decisions']);
    expect([...heard.decided]).to.have.members(keys);
    expect([...heard.explained]).to.be.empty;
    heard.decided.clear();
    warmUp(heard.engine, NO_SOURCES, () => 0, NOW, ['explanations']);
    expect([...heard.decided]).to.be.empty;
    expect([...heard.explained]).to.have.members(keys);
  });

  it('ends in time, whatever is left', () => {
    const heard = listening(createEngine(bundle));
    let time = 0;
    warmUp(heard.engine, NO_SOURCES, () => (time += 60), NOW);
    expect(heard.decided.size).to.be.within(1, 5);
    expect(time).to.be.at.most(360);
  });
});
