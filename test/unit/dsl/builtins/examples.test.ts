import { expect } from 'chai';
import { BUILTINS } from '../../../../src/dsl/builtins/registry.ts';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { NO_FACTS } from '../../../../src/engine/decide/facts.ts';
import { QUIET } from '../../../../src/engine/decide/types.ts';
import { createEngine } from '../../../../src/engine/engine.ts';

const NOW = Date.UTC(2026, 0, 5, 10);

/** Whether a request is permitted by the rules, which may read `subject.last_seen`. */
function isPermitted(rules: string): boolean {
  const text = `
    entity user supplied { last_seen: { ip: ip, at: time, country: string? } }
    entity thing supplied { }
    action read on thing by user
    require access
    layer 1 probes version 1 grants access
    ${rules}`;
  const { bundle, diagnostics } = loadBundle([new SourceText('probe.velro', text)]);
  const errors = diagnostics.filter((one) => one.severity === 'error').map((one) => one.message);
  expect(errors, rules).to.deep.equal([]);
  if (bundle === undefined) throw new Error('no errors, and yet no bundle');
  const engine = createEngine(bundle);
  const request = engine.prepare({
    subject: {
      type: 'user',
      id: 'alice',
      properties: { last_seen: { ip: '198.51.100.1', at: '2026-01-05T09:00:00Z' } },
    },
    action: { name: 'read' },
    resource: { type: 'thing', id: '1' },
  });
  expect(request.ignored).to.deep.equal([]);
  expect(request.illTyped).to.deep.equal([]);
  const circumstances = { world: { now: NOW, sources: {} }, live: QUIET };
  return engine.decide(request, NO_FACTS, circumstances).permitted;
}

/** Whether a condition is certainly true, certainly false or unknown. */
function truthOf(condition: string): 'true' | 'false' | 'unknown' {
  if (isPermitted(`permit probe: any on any when ${condition}`)) return 'true';
  const isFalse = isPermitted(
    `permit everything: any on any when true\nforbid probe: any on any when ${condition}`,
  );
  return isFalse ? 'false' : 'unknown';
}

describe('examples of builtins', () => {
  for (const builtin of BUILTINS) {
    for (const { call, result } of builtin.examples) {
      it(`${call} is ${result}`, () => {
        if (result === 'absent') {
          expect(builtin.mayBeAbsent, 'what is absent must be declared so').to.equal(true);
          expect(truthOf(`has ${call}`)).to.equal('false');
        } else if (result === 'unknown') {
          // Where it may be absent too, only `has` tells the two apart.
          expect(truthOf(builtin.mayBeAbsent ? `has ${call}` : `${call} == ${call}`)).to.equal('unknown');
        } else {
          expect(truthOf(`${call} == ${result}`)).to.equal('true');
        }
      });
    }
  }
});
