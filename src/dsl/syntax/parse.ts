import { type Diagnostic, reporter, sortDiagnostics } from '../diagnostics/diagnostic.ts';
import { SYNTAX_DIAGNOSTICS } from '../diagnostics/syntax.ts';
import type { SourceText } from '../source/source-text.ts';
import type { Comment, Declaration, Expression, SourceFile } from './ast.ts';
import { Documentation } from './documentation.ts';
import { type SyntaxReporter, tokenize } from './lexer.ts';
import { MAXIMUM_FILE_LENGTH, MAXIMUM_NESTING } from './limits.ts';
import { PolicyParser } from './parser.ts';

/**
 * More findings than are ever shown; a hostile file could otherwise have one for every character. Reading ends there, and
 * the tree then holds no more of the file.
 */
const ENOUGH_DIAGNOSTICS = 1000;

let parser: PolicyParser | undefined;

/** What came of reading a file. */
export interface ParseResult {
  readonly file: SourceFile;
  readonly diagnostics: Diagnostic[];
}

export interface ParseOptions {
  /** False: passes over tests and fixtures, which are most of many bundles and say nothing of what a bundle answers. */
  readonly tests?: boolean;
}

/**
 * The syntax tree of a file. Never throws: whatever is wrong with the text is a diagnostic, and the tree then holds
 * the declarations that are without fault.
 */
export function parseSource(source: SourceText, { tests = true }: ParseOptions = {}): ParseResult {
  let comments: readonly Comment[] = [];
  const parse = (ready: PolicyParser, documentation: Documentation): Declaration[] => {
    const declarations = ready.parseFile();
    comments = documentation.remarks();
    return declarations;
  };
  const { result, diagnostics } = run(source, parse, !tests);
  const span = { source, start: 0, end: source.text.length };
  const file: SourceFile = { kind: 'sourceFile', span, source, declarations: result ?? [], comments };
  return { file, diagnostics };
}

/** The syntax tree of a lone expression; undefined when the text is none. Never throws. */
export function parseExpression(source: SourceText): {
  readonly expression: Expression | undefined;
  readonly diagnostics: Diagnostic[];
} {
  const { result, diagnostics } = run(source, (ready) => ready.parseExpression());
  return { expression: result, diagnostics };
}

function run<T>(
  source: SourceText,
  parse: (parser: PolicyParser, documentation: Documentation) => T,
  leavesOutTests = false,
): { readonly result: T | undefined; readonly diagnostics: Diagnostic[] } {
  const found: Diagnostic[] = [];
  const reportAny = reporter(SYNTAX_DIAGNOSTICS, found);
  const hasReportedEnough = (): boolean => found.length >= ENOUGH_DIAGNOSTICS;
  const report: SyntaxReporter = (...finding) => {
    if (!hasReportedEnough()) reportAny(...finding);
  };
  if (source.text.length > MAXIMUM_FILE_LENGTH) {
    report('fileTooLarge', { source, start: 0, end: 0 }, { limit: MAXIMUM_FILE_LENGTH });
    return { result: undefined, diagnostics: found };
  }
  const { tokens, comments } = tokenize(source, report);
  const documentation = new Documentation(source, comments);
  parser ??= new PolicyParser({ validate: false });
  parser.begin({
    source,
    tokens,
    report,
    takeDocumentation: (offset) => documentation.takeBefore(offset),
    hasReportedEnough,
    leavesOutTests,
  });
  let result: T | undefined;
  try {
    result = parse(parser, documentation);
  } catch (error) {
    // The limit of nesting leaves ample room, but what called us may have used most of it.
    if (!(error instanceof RangeError)) throw error;
    parser = undefined;
    report('nestingTooDeep', { source, start: 0, end: 0 }, { limit: MAXIMUM_NESTING });
  } finally {
    parser?.end();
  }
  return { result, diagnostics: sortDiagnostics(found) };
}
