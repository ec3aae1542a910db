import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BUILTINS, builtinFamilies, findBuiltin } from '../../../../src/dsl/builtins/registry.ts';

const FOLDER = fileURLToPath(new URL('../../../../src/dsl/builtins/', import.meta.url));
/** Files there that define no builtin. */
const OTHERS = ['builtin.ts', 'reference.ts', 'registry.ts'];

const FAMILIES = {
  agent: ['family', 'is_bot'],
  anomaly: ['score'],
  geo: ['country', 'distance_km', 'speed_kmh'],
  ip: ['is_loopback', 'is_private'],
  media: ['token_valid'],
  path: ['matches'],
  set: ['is_empty', 'size'],
  string: ['ends_with', 'length', 'lower', 'starts_with'],
  time: ['hour', 'of_day', 'weekday'],
  uuid: [
    'entropy',
    'is_max',
    'is_nil',
    'is_valid',
    'longest_run',
    'timestamp',
    'top_digit_share',
    'variant',
    'version',
  ],
};

describe('registry of builtins', () => {
  const names = BUILTINS.map(({ name }) => name);

  it('lists exactly the files of its folder, one each', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && !OTHERS.includes(file));
    const expected = names.map((name) => `${name.replaceAll(/[._]/g, '-')}.ts`);
    expect(expected.toSorted()).to.deep.equal(files.toSorted());
  });

  it('is sorted by name, and has no name twice', () => {
    expect(names).to.deep.equal([...new Set(names)].toSorted());
  });

  it('finds a builtin by its name, and nothing else', () => {
    for (const builtin of BUILTINS) expect(findBuiltin(builtin.name)).to.equal(builtin);
    for (const name of ['uuid', 'uuid.', 'version', 'constructor', 'uuid.constructor', '']) {
      expect(findBuiltin(name)).to.equal(undefined);
    }
  });

  it('holds the families of the language', () => {
    const found = [...builtinFamilies()].map(([family, builtins]) => [
      family,
      builtins.map(({ name }) => name.slice(family.length + 1)),
    ]);
    expect(Object.fromEntries(found)).to.deep.equal(FAMILIES);
  });

  for (const builtin of BUILTINS) {
    describe(builtin.name, () => {
      it('has one sentence about it and an example at least', () => {
        expect(builtin.summary).to.match(/^[A-Z][^\n]*\.$/);
        expect(builtin.examples).not.to.be.empty;
      });

      it('is live, and may be absent, exactly if it needs a source', () => {
        const needsSource = builtin.evaluate === undefined;
        expect(builtin.purity === 'live').to.equal(needsSource);
        if (needsSource) expect(builtin.mayBeAbsent).to.equal(true);
      });

      it('checks the literals that it asks for', () => {
        expect(builtin.literals === undefined).to.equal(builtin.checkLiterals === undefined);
        for (const index of builtin.literals ?? []) {
          expect(builtin.parameters[index]).not.to.equal(undefined);
        }
        // An argument that is no literal is reported by the checker.
        expect(builtin.checkLiterals?.(builtin.parameters.map(() => undefined))).to.equal(undefined);
      });
    });
  }
});
