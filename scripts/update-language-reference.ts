/**
 * Writes the reference of the builtins into docs/language.md, between its marks.
 *
 *   node scripts/update-language-reference.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtinReference } from '../src/dsl/builtins/reference.ts';

const START = '<!-- builtins:start -->';
const END = '<!-- builtins:end -->';
const page = fileURLToPath(new URL('../docs/language.md', import.meta.url));
const text = readFileSync(page, 'utf8');
const from = text.indexOf(START);
const to = text.indexOf(END);
if (from === -1 || to < from) throw new Error(`docs/language.md lacks ${START} … ${END}`);
writeFileSync(page, `${text.slice(0, from)}${START}\n\n${builtinReference()}\n${text.slice(to)}`);
