import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/project-files.ts';
import { SMALL_BUNDLE } from '../support/small-bundle.ts';
import { joinFiles } from './files.ts';
import type { TargetName } from './target.ts';

/** Inputs that were findings once, or are worth beginning with: `test/fuzz/corpus/TARGET/NAME`. */
export const CORPUS: string = join(ROOT, 'test', 'fuzz', 'corpus');

export function corpusOf(target: TargetName): readonly { readonly name: string; readonly input: string }[] {
  return readdirSync(join(CORPUS, target))
    .toSorted()
    .map((name) => ({ name, input: readFileSync(join(CORPUS, target, name), 'utf8') }));
}

/** The policies that ship, file by file. */
export function policyTexts(): readonly string[] {
  return texts('policies', '.velro');
}

/** The inputs of golden tests, and the examples of the documentation. */
export function exampleTexts(): readonly string[] {
  const golden = ['format', 'syntax-errors', 'syntax-tree'].flatMap((folder) =>
    texts(join('test', 'golden', folder), '.txt'),
  );
  const pages = ['language.md', 'diagnostics.md'].map((name) =>
    readFileSync(join(ROOT, 'docs', name), 'utf8'),
  );
  return [
    ...golden.map((text) => /^=== input\n([^]*?)(?=^=== |$(?![^]))/m.exec(text)?.[1] ?? text),
    ...pages.flatMap((page) =>
      [...page.matchAll(/^```velro[^\n]*\n([^]*?)^```$/gm)].map(([, text = '']) => text),
    ),
  ];
}

/** Whole bundles, each as one input. */
export function bundleTexts(): readonly string[] {
  return [
    joinFiles(Object.entries(SMALL_BUNDLE).map(([path, text]) => ({ path, text }))),
    ...exampleTexts().filter((text) => text.includes('require ')),
  ];
}

function texts(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
}
