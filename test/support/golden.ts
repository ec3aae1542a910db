import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';

/**
 * Golden tests: text files that hold an input and what is expected of it, side by side.
 *
 *     What comes before the first section is for the reader.
 *     === input
 *     permit read on document
 *     === expected
 *     …
 *
 * A section is the text between two `=== name` lines. It ends with a newline unless it is empty; a text that lacks the
 * newline is stored and compared as if it had one. A test goes through a folder below `test/golden/`:
 *
 *     const golden = goldenFolder('format');
 *     for (const file of golden.files) {
 *       it(file.name, () => file.check('expected', format(file.section('input'))));
 *     }
 *     it('leaves no golden file unread', () => golden.assertAllRead());
 *
 * `UPDATE_GOLDEN=1` rewrites (or adds) the sections that `check` is asked for, and is refused when `CI` is set.
 * Files ending in `.md` explain a folder and are not golden.
 */
export function goldenFolder(name: string, root: string = GOLDEN_ROOT): GoldenFolder {
  return new GoldenFolder(join(root, name));
}

export const GOLDEN_ROOT: string = fileURLToPath(new URL('../golden/', import.meta.url));

const HEADER = /^=== (.+)$/;

class GoldenFolder {
  /** In order of name; never empty, so that a loop over it cannot pass without having tested anything. */
  readonly files: readonly GoldenFile[];

  constructor(folder: string) {
    const names = readdirSync(folder).filter((name) => !name.endsWith('.md'));
    this.files = names.toSorted().map((name) => new GoldenFile(name, join(folder, name)));
    if (this.files.length === 0) throw new Error(`no golden files in ${folder}`);
  }

  /** Fails unless every section of every file was read or checked: call it after the tests of the folder. */
  assertAllRead(): void {
    const unread = this.files.flatMap((file) => file.unread().map((section) => `${file.name}: ${section}`));
    assert.deepEqual(unread, [], 'golden sections that no test read');
  }
}

class GoldenFile {
  readonly name: string;
  readonly #path: string;
  readonly #preamble: string;
  readonly #sections: Map<string, string>;
  readonly #used = new Set<string>();

  constructor(name: string, path: string) {
    this.name = name;
    this.#path = path;
    const { preamble, sections } = parse(readFileSync(path, 'utf8'), path);
    this.#preamble = preamble;
    this.#sections = sections;
  }

  has(section: string): boolean {
    return this.#sections.has(section);
  }

  /** Text of a section, newline at the end included. Throws if there is none of that name. */
  section(section: string): string {
    const text = this.#sections.get(section);
    if (text === undefined) throw new Error(`${this.#path} has no section \`${section}\``);
    this.#used.add(section);
    return text;
  }

  /** Fails unless the section holds `actual`; with `UPDATE_GOLDEN=1` makes it so instead. */
  check(section: string, actual: string): void {
    const text = actual === '' || actual.endsWith('\n') ? actual : `${actual}\n`;
    const expected = this.#sections.get(section);
    this.#used.add(section);
    if (text === expected) return;
    if (isUpdating()) {
      this.#sections.set(section, text);
      this.#write();
      return;
    }
    const advice = 'if the new text is right, run with UPDATE_GOLDEN=1 and read the diff';
    assert.strictEqual(text, expected, `${this.name}, section \`${section}\` (${advice})`);
  }

  /** The sections that were neither read nor checked; a file without sections counts as one. */
  unread(): string[] {
    if (this.#sections.size === 0) return ['(no sections)'];
    return [...this.#sections.keys()].filter((section) => !this.#used.has(section));
  }

  #write(): void {
    const sections = [...this.#sections].map(([name, text]) => `=== ${name}\n${text}`);
    const content = this.#preamble + sections.join('');
    // What would be read back differently must not be written.
    assert.deepEqual(
      parse(content, this.#path).sections,
      this.#sections,
      `${this.#path}: text with a \`=== \` line`,
    );
    writeFileSync(this.#path, content);
  }
}

function isUpdating(): boolean {
  const { UPDATE_GOLDEN: update, CI: ci } = process.env;
  if (update !== '1') return false;
  if (!['', 'false', undefined].includes(ci)) {
    throw new Error('UPDATE_GOLDEN is refused in CI: it would make every golden test pass');
  }
  return true;
}

function parse(content: string, path: string): { preamble: string; sections: Map<string, string> } {
  const sections = new Map<string, string>();
  let preamble = '';
  let current: string | undefined;
  for (const line of content.split(/(?<=\n)/)) {
    const header = HEADER.exec(line.trimEnd())?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw new Error(`${path} has two sections \`${header}\``);
      sections.set(header, '');
      current = header;
    } else if (current === undefined) {
      preamble += line;
    } else {
      sections.set(current, sections.get(current) + (line.endsWith('\n') ? line : `${line}\n`));
    }
  }
  return { preamble, sections };
}
