// Usage: node scripts/build.ts [FOLDER]
//
// Builds what the published package runs into FOLDER, by default dist/: the sources and the code of the packages that they
// use, in a few files instead of nine hundred, of which each takes its time at every start. Versions are exact anyway, so
// a user could have exchanged none of that code. Its licences come along.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What processes and threads start with, as paths below src/. */
const ENTRIES = ['cli/main', 'server/policies/examination-worker', 'server/store/embedded/embedded-worker'];

/** They read files of their own, are of the older kind and loaded by names only where they are needed, or are only looked for. */
const APART = ['@electric-sql/*', 'prom-client', 'ioredis', 'pg-copy-streams', 'jiti', 'pg-native'];

/** Builds into a folder, which is emptied first. */
export async function buildPackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
    outbase: 'src',
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    external: APART,
    // Packages of the older kind ask for modules of Node by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENCES.txt'), licencesOf(Object.keys(metafile.inputs)));
}

/** The licences of the packages that files belong to, as these say them. */
function licencesOf(files: readonly string[]): string {
  const folders = new Set<string>();
  for (const file of files) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].toSorted().map(licenceOf).join('\n');
}

function licenceOf(folder: string): string {
  const path = join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  const read = (file: string): string => readFileSync(join(path, file), 'utf8').trim();
  const files = readdirSync(path);
  const texts = files.filter((file) => /^(licen[cs]e|notice)/i.test(file)).map(read);
  // Some say it at the end of their page only.
  if (texts.length === 0)
    texts.push(
      ...files
        .filter((file) => /^readme/i.test(file))
        .flatMap((file) => /^#+ licen[cs]e[^]*/im.exec(read(file)) ?? []),
    );
  if (texts.length === 0) throw new Error(`${name} says nowhere what its licence asks for`);
  return `${'─'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPackage(join(ROOT, process.argv[2] ?? 'dist'));
}
