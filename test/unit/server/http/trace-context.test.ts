import { expect } from 'chai';
import { traceIdOf } from '../../../../src/server/http/trace-context.ts';

describe('traceIdOf', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parent = '00f067aa0ba902b7';

  it('reads the trace id', () => {
    expect(traceIdOf(`00-${trace}-${parent}-01`)).to.equal(trace);
    expect(traceIdOf(`01-${trace}-${parent}-01-more`)).to.equal(trace);
  });

  it('ignores what the standard calls invalid', () => {
    const invalid = [
      undefined,
      '',
      `ff-${trace}-${parent}-01`,
      `00-${trace}-${parent}`,
      `00-${trace}-${parent}-01-more`,
      `00-${trace.toUpperCase()}-${parent}-01`,
      `00-${'0'.repeat(32)}-${parent}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `00-${trace}x-${parent}-01`,
    ];
    for (const header of invalid) expect(traceIdOf(header), String(header)).to.equal(undefined);
  });
});
