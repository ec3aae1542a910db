import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import type { Diagnostic, Fix } from '../dsl/diagnostics/diagnostic.ts';
import { lintPage } from '../dsl/lint/reference.ts';
import { LINT_RULES } from '../dsl/lint/rules/index.ts';
import type { Span } from '../dsl/source/source-text.ts';

/** The findings as a log of SARIF 2.1.0 (Static Analysis Results Interchange Format), paths relative to a folder. */
export function sarifLog(findings: readonly Diagnostic[], folder: string = process.cwd()): object {
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted();
  const seen = new Map<string, number>();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'velro',
            semanticVersion: manifest.version,
            rules: codes.map((code) => ruleOf(code, findings)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.severity,
          message: {
            text: finding.help === undefined ? finding.message : `${finding.message}; ${finding.help}`,
          },
          locations: [location(finding.span, folder)],
          ...(finding.related.length === 0
            ? {}
            : {
                relatedLocations: finding.related.map(({ span, message }) => ({
                  ...location(span, folder),
                  message: { text: message },
                })),
              }),
          partialFingerprints: { 'velro/v1': fingerprint(finding, folder, seen) },
          ...(finding.fix === undefined ? {} : { fixes: [fixOf(finding.fix, folder)] }),
        })),
      },
    ],
  };
}

function ruleOf(code: string, findings: readonly Diagnostic[]): object {
  const rule = LINT_RULES.find((one) => one.code === code);
  if (rule !== undefined) {
    return {
      id: code,
      name: rule.name,
      shortDescription: { text: rule.summary },
      fullDescription: { text: rule.rationale.replaceAll('\n', ' ') },
      help: { text: `velro lint --explain ${rule.name}`, markdown: lintPage(rule) },
      defaultConfiguration: { level: rule.level === 'off' ? 'none' : rule.level },
      properties: { category: rule.category, tags: [rule.category], page: `docs/lint/${rule.name}.md` },
    };
  }
  const name = findings.find((one) => one.code === code)?.name ?? code;
  return {
    id: code,
    name,
    shortDescription: { text: name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) },
    help: {
      text: `docs/diagnostics.md has a section on ${code}, with an example that raises it and the mended example`,
    },
    defaultConfiguration: { level: 'error' },
  };
}

function location(span: Span, folder: string): object {
  return { physicalLocation: { artifactLocation: { uri: uriOf(span, folder) }, region: regionOf(span) } };
}

/** Lines and columns start at 1; columns count UTF-16 code units, and the end is the first place after what is meant. */
function regionOf({ source, start, end }: Span): object {
  const from = source.positionAt(start);
  const to = source.positionAt(end);
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

/** Relative to the folder where it can be: what reads the log knows the root, and not this machine. */
function uriOf({ source }: Span, folder: string): string {
  const path = relative(folder, resolve(folder, source.path));
  if (path.startsWith('..') || isAbsolute(path)) return pathToFileURL(resolve(folder, source.path)).href;
  return path.split(sep).map(encodeURIComponent).join('/');
}

/** The same as long as the line says the same, wherever in its file it moves. */
function fingerprint(finding: Diagnostic, folder: string, seen: Map<string, number>): string {
  const { source, start } = finding.span;
  const line = source.lineAt(source.positionAt(start).line).trim().replace(/\s+/g, ' ');
  const key = [finding.code, uriOf(finding.span, folder), line].join('\n');
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return createHash('sha256').update(`${key}\n${count}`).digest('hex').slice(0, 32);
}

function fixOf({ title, edits }: Fix, folder: string): object {
  const byFile = new Map<string, object[]>();
  for (const { span, text } of edits) {
    const uri = uriOf(span, folder);
    byFile.set(uri, [
      ...(byFile.get(uri) ?? []),
      { deletedRegion: regionOf(span), insertedContent: { text } },
    ]);
  }
  return {
    description: { text: title },
    artifactChanges: [...byFile].map(([uri, replacements]) => ({ artifactLocation: { uri }, replacements })),
  };
}
