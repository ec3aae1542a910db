/**
 * Writes the pages of the lint rules, their list in docs/diagnostics.md, and the schema of velro.json.
 *
 *   node scripts/update-lint-reference.ts
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedPages } from './support/lint-reference.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
rmSync(`${docs}lint`, { recursive: true, force: true });
mkdirSync(`${docs}lint`);
for (const [path, text] of generatedPages(readFileSync(`${docs}diagnostics.md`, 'utf8')))
  writeFileSync(`${docs}${path}`, text);
