import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/diagnostics.md', import.meta.url);

/** What the page says of one diagnostic: policies that raise it, and mended ones. */
export interface DiagnosticSection {
  readonly code: string;
  /** The name of the diagnostic in words. */
  readonly title: string;
  readonly examples: readonly DiagnosticExample[];
}

export interface DiagnosticExample {
  readonly info: string;
  readonly text: string;
  /** The statements that stand before it and make the tables of a database; '' without any. */
  readonly tables: string;
}

/** The sections of docs/diagnostics.md on one family of codes, such as `VEL1`. */
export function diagnosticSections(family: string): DiagnosticSection[] {
  const parts = readFileSync(PAGE, 'utf8').split(/^(?=## .*\(VEL\dxxx\)$)/m);
  const part = parts.find((one) => one.split('\n', 1)[0]?.endsWith(`(${family}xxx)`));
  if (part === undefined) throw new Error(`docs/diagnostics.md has no part on ${family}xxx`);
  return part
    .split(/^(?=### )/m)
    .slice(1)
    .map((section) => {
      const [, code = section.slice(0, 40), title = ''] = /^### (VEL\d{4}) · (.*)$/m.exec(section) ?? [];
      const examples: DiagnosticExample[] = [];
      let tables = '';
      for (const [, language, info = '', text = ''] of section.matchAll(
        /^```(sql|velro) ?(.*)\n([^]*?)^```$/gm,
      )) {
        if (language === 'sql') tables = text;
        else examples.push({ info, text: expand(text, info), tables });
      }
      return { code, title, examples };
    });
}

/** `unknownAttribute` in words, as its section is called. */
export function titleOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `{{U+202E}}` is that character, and `{{x}}` is repeated as often as the block says with `times=`. */
function expand(text: string, info: string): string {
  const times = Number(/times=(\d+)/.exec(info)?.[1] ?? 1);
  return text
    .replaceAll(/\{\{U\+([0-9A-F]+)\}\}/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll(/\{\{(.*?)\}\}/g, (_, part: string) => part.repeat(times));
}
