import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { projectFiles, ROOT } from '../support/project-files.ts';
import { type Import, readSourceFile } from '../support/source-file.ts';

/** Which parts of src/ a part may import from. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  dsl: ['dsl'],
  engine: ['dsl', 'engine'],
  server: ['dsl', 'engine', 'server'],
  cli: ['cli', 'client', 'dsl', 'engine', 'server'],
  client: ['client'],
};

/** Parts that may also import types, and nothing but types, from the parts named: those leave no trace in what runs. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = { client: ['dsl', 'engine', 'server'] };

/** Parts whose answers hang on their arguments alone: no input, no output, no clock, no chance. */
const PURE = new Set(['dsl', 'engine']);

/** Packages that only one folder knows, so that they can be replaced there. */
const SOLE_USER: Readonly<Record<string, string>> = {
  '@casl/ability': 'src/engine/',
  chevrotain: 'src/dsl/syntax/',
};

const LINES_AT_MOST = 450;

const paths = projectFiles().filter((path) => path.startsWith('src/') && path.endsWith('.ts'));
const sources = paths.map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, lines: text.split('\n').length - 1, ...readSourceFile(path, text) };
});

/** `dsl` of `src/dsl/syntax/ast.ts`. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

/** `@casl/ability` of `@casl/ability/extra`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** What is wrong with an import of the file at `path`; undefined if nothing. */
function complaintAbout(path: string, { specifier, kind }: Import): string | undefined {
  const part = partOf(path);
  const allowed = MAY_IMPORT[part];
  if (allowed === undefined) return `${part} is no part of the house`;
  if (specifier === undefined) {
    return PURE.has(part) || part === 'client' ? 'imports a computed path' : undefined;
  }
  if (isRelative(specifier)) {
    const target = posix.join(posix.dirname(path), specifier);
    if (target === 'package.json' && !PURE.has(part)) return undefined; // the version; published along with dist/
    if (!target.startsWith('src/')) return `imports ${target}, outside src/`;
    if (allowed.includes(partOf(target))) return undefined;
    if (kind === 'type' && MAY_IMPORT_TYPES[part]?.includes(partOf(target))) return undefined;
    return `${part} must not import ${target}`;
  }
  if (isNodeModule(specifier)) return PURE.has(part) ? `${part} must not import ${specifier}` : undefined;
  const user = SOLE_USER[packageOf(specifier)];
  if (user !== undefined && !path.startsWith(user)) return `only ${user} may import ${specifier}`;
  return undefined;
}

/** One cycle among the files as a list of paths, the first one repeated at the end; undefined if there is none. */
function findCycle(targets: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] | undefined => {
    if (done.has(path)) return undefined;
    const start = trail.indexOf(path);
    if (start >= 0) return [...trail.slice(start), path];
    trail.push(path);
    for (const target of targets.get(path) ?? []) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const path of targets.keys()) {
    const cycle = visit(path);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('the house', () => {
  it('has been looked at', () => {
    expect(sources.length, 'files').to.be.at.least(30);
    expect(sources.flatMap(({ imports }) => imports).length, 'imports').to.be.at.least(30);
    for (const user of Object.values(SOLE_USER)) {
      expect(
        paths.filter((path) => path.startsWith(user)),
        user,
      ).not.to.be.empty;
    }
  });

  it('imports only down its floors', () => {
    const complaints = sources.flatMap(({ path, imports }) =>
      imports.map((one) => complaintAbout(path, one)).flatMap((what) => (what ? [`${path}: ${what}`] : [])),
    );
    expect(complaints).to.deep.equal([]);
  });

  it('imports only packages that a user of it gets installed', () => {
    const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ kind }) => kind !== 'type')
        .flatMap(({ specifier }) => specifier ?? [])
        .filter((specifier) => !isRelative(specifier) && !isNodeModule(specifier))
        .filter((specifier) => !(packageOf(specifier) in dependencies))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('has no import cycles', () => {
    const targets = sources.map(({ path, imports }): [string, string[]] => {
      const values = imports
        .filter(({ kind }) => kind === 'static')
        .flatMap(({ specifier }) => specifier ?? []);
      return [path, values.filter(isRelative).map((specifier) => posix.join(posix.dirname(path), specifier))];
    });
    expect(findCycle(new Map(targets))).to.equal(undefined);
  });

  it('keeps clock, chance and process out of the pure floors', () => {
    const pure = sources.filter(({ path }) => PURE.has(partOf(path)));
    expect(pure).not.to.be.empty;
    expect(
      pure.flatMap(({ path, impurities }) => impurities.map((what) => `${path}: ${what}`)),
    ).to.deep.equal([]);
  });

  it(`has no file over ${LINES_AT_MOST} lines`, () => {
    const long = sources.filter(({ lines }) => lines > LINES_AT_MOST);
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).to.deep.equal([]);
  });
});

describe('the look at the house', () => {
  const read = (text: string): ReturnType<typeof readSourceFile> => readSourceFile('sample.ts', text);
  const kinds = (text: string): string[] =>
    read(text).imports.map(({ kind, specifier }) => `${kind} ${specifier}`);

  it('sees every form of import', () => {
    expect(kinds("import a, { b, type C } from './a.ts';")).to.deep.equal(['static ./a.ts']);
    expect(kinds("import './a.ts';")).to.deep.equal(['static ./a.ts']);
    expect(kinds("import type { C } from './a.ts';")).to.deep.equal(['type ./a.ts']);
    expect(kinds("import { type C, type D } from './a.ts';")).to.deep.equal(['type ./a.ts']);
    expect(kinds("export { a } from './a.ts'; export const b = 1;")).to.deep.equal(['static ./a.ts']);
    expect(kinds("export type { C } from './a.ts';")).to.deep.equal(['type ./a.ts']);
    expect(kinds("export * from './a.ts'; export type * from './b.ts';")).to.deep.equal([
      'static ./a.ts',
      'type ./b.ts',
    ]);
    expect(kinds("const a = await import('./a.ts');")).to.deep.equal(['dynamic ./a.ts']);
    expect(kinds('const a = await import(name);')).to.deep.equal(['dynamic undefined']);
    expect(kinds("type A = typeof import('./a.ts');")).to.deep.equal(['type ./a.ts']);
    expect(kinds("// import './a.ts'\nconst text = \"import './b.ts'\";")).to.deep.equal([]);
  });

  it('sees clock, chance and process', () => {
    const impure = [
      'Date.now()',
      'new Date()',
      'new Date',
      'Math.random()',
      'process.env',
      'setTimeout(f)',
      'fetch(u)',
    ];
    for (const text of [...impure, "Date['now']()", 'performance.now()']) {
      expect(read(text).impurities, text).to.have.lengthOf(1);
    }
    for (const text of [
      'new Date(0)',
      'request.process.id',
      'Math.max(1)',
      '// Date.now()',
      '"Math.random()"',
    ]) {
      expect(read(text).impurities, text).to.deep.equal([]);
    }
  });

  it('complains', () => {
    const complain = (path: string, specifier: string, kind: Import['kind'] = 'static'): string | undefined =>
      complaintAbout(path, { specifier, kind });
    expect(complain('src/dsl/check/a.ts', '../syntax/b.ts')).to.equal(undefined);
    expect(complain('src/dsl/check/a.ts', '../../engine/b.ts', 'type')).to.include('must not import');
    expect(complain('src/dsl/check/a.ts', 'node:fs')).to.include('must not import');
    expect(complain('src/dsl/check/a.ts', 'fs')).to.include('must not import');
    expect(complain('src/dsl/check/a.ts', 'chevrotain')).to.include('only src/dsl/syntax/');
    expect(complain('src/server/a.ts', '@casl/ability/extra')).to.include('only src/engine/');
    expect(complain('src/server/a.ts', '../cli/main.ts')).to.include('must not import');
    expect(complain('src/server/a.ts', '../../test/a.ts')).to.include('outside src/');
    expect(complain('src/client/a.ts', '../server/a.ts')).to.include('must not import');
    expect(complain('src/client/a.ts', '../server/a.ts', 'type')).to.equal(undefined);
    expect(complain('src/attic/a.ts', './b.ts')).to.include('no part of the house');
  });

  it('finds cycles', () => {
    expect(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).to.deep.equal(['b', 'c', 'b']);
    expect(
      findCycle(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).to.equal(undefined);
  });
});
