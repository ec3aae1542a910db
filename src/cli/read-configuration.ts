import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { minimatch } from 'minimatch';
import type { RuleSetting } from '../dsl/lint/lint-bundle.ts';
import { parseJson } from '../server/json/parse-json.ts';
import { readLintSection } from './lint-section.ts';
import { UsageError } from './usage-error.ts';

/** The name of the file that says how a project wants its policies judged. */
const CONFIGURATION_FILE = 'velro.json';
const MAXIMUM_DEPTH = 10;

/** What `velro.json` says; without one, what the rules say of themselves. */
export interface Configuration {
  /** Undefined when there is none. */
  readonly path: string | undefined;
  /** By name of the lint rule. */
  readonly settings: ReadonlyMap<string, RuleSetting>;
  /** True of a file whose lint findings are left out. */
  readonly isIgnored: (path: string) => boolean;
}

/**
 * Reads the file that is named, or else the nearest `velro.json` in the folder of the bundle or above it. Misuse when a
 * file that is named is not there, or when anything in one is not known.
 */
export async function readConfiguration(bundle: string, named: string | undefined): Promise<Configuration> {
  const path = named ?? (await nearest(bundle));
  if (path === undefined) return { path, settings: new Map(), isIgnored: () => false };
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`cannot read ${path}`, 'name a file of JSON');
  });
  const json = parseJson(text, MAXIMUM_DEPTH);
  if (!json.ok) throw new UsageError(`${path}: ${json.detail}`);
  const { settings, ignore } = readLintSection(json.value, path);
  const folder = dirname(resolve(path));
  return {
    path,
    settings,
    isIgnored: (file) => {
      const below = relative(folder, resolve(file)).split(sep).join('/');
      return ignore.some((pattern) => minimatch(below, pattern, { dot: true }));
    },
  };
}

async function nearest(bundle: string): Promise<string | undefined> {
  const kind = await stat(bundle).catch(() => undefined);
  let folder = resolve(kind?.isFile() === true ? dirname(bundle) : bundle);
  for (;;) {
    const path = join(folder, CONFIGURATION_FILE);
    if ((await stat(path).catch(() => undefined))?.isFile() === true)
      return relative(process.cwd(), path) || path;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}
