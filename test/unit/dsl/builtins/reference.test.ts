import { expect } from 'chai';
import { builtinReference, signatureOf } from '../../../../src/dsl/builtins/reference.ts';
import { BUILTINS, findBuiltin } from '../../../../src/dsl/builtins/registry.ts';

describe('reference of builtins', () => {
  it('has a section for every builtin, in order', () => {
    const headings = builtinReference()
      .split('\n')
      .filter((line) => line.startsWith('#### '));
    expect(headings).to.deep.equal(BUILTINS.map((builtin) => `#### \`${signatureOf(builtin)}\``));
  });

  it('shows what must be a literal, what may be absent and what takes any collection', () => {
    const signatures = ['path.matches', 'geo.speed_kmh', 'set.size'].map((name) => {
      const builtin = findBuiltin(name);
      return builtin && signatureOf(builtin);
    });
    expect(signatures).to.deep.equal([
      'path.matches(path: string, pattern: string literal): bool',
      'geo.speed_kmh(seen: { ip: ip, at: time }, address: ip): float?',
      'set.size(collection: set, list or map): int',
    ]);
  });

  it('writes an entry as summary, purity and examples', () => {
    expect(builtinReference(1)).to.include(
      [
        '### `uuid.is_nil(id: string): bool`',
        '',
        'Whether a text is the UUID of nothing but zeros; false for what is no UUID. Pure: it needs its arguments only.',
        '',
        '```velro',
        'uuid.is_nil("00000000-0000-0000-0000-000000000000")  // true',
        'uuid.is_nil("919108f7-52d1-4320-9bac-f847db4148a8")  // false',
        '```',
      ].join('\n'),
    );
  });
});
