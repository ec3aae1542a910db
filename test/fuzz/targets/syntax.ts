import * as fc from 'fast-check';
import {
  type Diagnostic,
  MAXIMUM_DIAGNOSTICS,
  MAXIMUM_SENTENCE,
} from '../../../src/dsl/diagnostics/diagnostic.ts';
import { diagnosticToJson, renderDiagnostics } from '../../../src/dsl/diagnostics/render.ts';
import { formatFile } from '../../../src/dsl/format/format-file.ts';
import { INVISIBLE_CHARACTER } from '../../../src/dsl/source/invisible-characters.ts';
import { SourceText } from '../../../src/dsl/source/source-text.ts';
import type { Node } from '../../../src/dsl/syntax/ast.ts';
import { tokenize } from '../../../src/dsl/syntax/lexer.ts';
import { parseExpression, parseSource } from '../../../src/dsl/syntax/parse.ts';
import { children } from '../../../src/dsl/syntax/walk.ts';
import { differenceOf } from '../../support/difference-of.ts';
import type { Chance } from '../../support/generate-chance.ts';
import { fileArbitrary } from '../../support/tree-arbitraries.ts';
import { mutateText } from '../mutate-text.ts';
import { corpusOf, exampleTexts, policyTexts } from '../seeds.ts';
import { promise, type Target } from '../target.ts';

const INVISIBLE = new RegExp(`[\\t\\r]|${INVISIBLE_CHARACTER}`, 'u');

/** What must hold of the findings about files. */
export function checkFindings(diagnostics: readonly Diagnostic[]): void {
  promise(diagnostics.length <= MAXIMUM_DIAGNOSTICS, 'no more than a hundred findings are given');
  for (const { code, span, message, help, related } of diagnostics) {
    for (const { source, start, end } of [span, ...related.map((one) => one.span)]) {
      promise(
        start >= 0 && start <= end && end <= source.text.length,
        `the place of ${code} lies within its file`,
      );
    }
    promise(
      Math.max(message.length, help?.length ?? 0) <= MAXIMUM_SENTENCE,
      `the sentences of ${code} are short`,
    );
  }
  const shown = renderDiagnostics(diagnostics, { color: false });
  promise(!INVISIBLE.test(shown), 'findings show nothing that cannot be seen');
  promise(shown.length <= 2_500 * diagnostics.length + 100, 'findings are shown in bounded length');
  JSON.stringify(diagnostics.map(diagnosticToJson));
}

/** Children lie within their parents, one after the other. */
function checkPlaces(root: Node): void {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    let { start } = node.span;
    for (const child of children(node)) {
      const { span } = child;
      const isWithin = span.start >= start && span.end <= node.span.end && span.end >= span.start;
      promise(isWithin, `a ${child.kind} lies within its ${node.kind}, after its sibling`);
      start = span.end;
      waiting.push(child);
    }
  }
}

const generatePolicy = (chance: Chance): string => {
  const seed = chance.integer(0, 0x7fffffff);
  const [file] = fc.sample(fileArbitrary, { numRuns: 1, seed });
  return file === undefined ? '' : formatFile(file);
};

function syntaxTarget(name: 'lexer' | 'parser' | 'formatter', check: (input: string) => void): Target {
  const seeds = [...corpusOf(name).map(({ input }) => input), ...exampleTexts(), ...policyTexts()];
  return { name, seeds, generate: generatePolicy, mutate: mutateText, check };
}

/** Tokens lie one after the other within the text, and every character that is no blank lies in one or was reported. */
export function lexerTarget(lex = tokenize): Target {
  return syntaxTarget('lexer', (input) => {
    const source = new SourceText('input.velro', input);
    const covered: [number, number][] = [];
    const { tokens, comments } = lex(source, (_name, span) => void covered.push([span.start, span.end]));
    let end = 0;
    for (const { startOffset, image } of tokens) {
      promise(startOffset >= end, 'tokens follow each other');
      promise(image.length > 0, 'a token has a text');
      end = startOffset + image.length;
      promise(end <= input.length, 'tokens lie within the text');
      covered.push([startOffset, end]);
    }
    for (const { span } of comments) covered.push([span.start, span.end]);
    let upTo = 0;
    for (const [start, after] of covered.toSorted((a, b) => a[0] - b[0])) {
      promise(start <= upTo || /^[\s\ufeff]*$/.test(input.slice(upTo, start)), 'no character is left out');
      upTo = Math.max(upTo, after);
    }
    promise(/^[\s\ufeff]*$/.test(input.slice(upTo)), 'no character is left out at the end');
  });
}

/** Never throws; the tree lies in the text; findings keep their bounds. */
export function parserTarget(parse = parseSource): Target {
  return syntaxTarget('parser', (input) => {
    const source = new SourceText('input.velro', input);
    const { file, diagnostics } = parse(source);
    checkFindings(diagnostics);
    checkPlaces(file);
    checkFindings(parseExpression(source).diagnostics);
  });
}

/** What parses keeps its tree when formatted, and every remark; formatting again changes nothing. */
export function formatterTarget(format = formatFile): Target {
  return syntaxTarget('formatter', (input) => {
    const { file, diagnostics } = parseSource(new SourceText('input.velro', input));
    const formatted = format(file);
    if (diagnostics.length > 0) return;
    const again = parseSource(new SourceText('formatted.velro', formatted));
    promise(
      again.diagnostics.length === 0,
      `what was formatted parses: ${again.diagnostics[0]?.message ?? ''}`,
    );
    const difference = differenceOf(file, again.file);
    promise(difference === undefined, `formatting changes no tree: ${difference ?? ''}`);
    const remarksOf = (one: typeof file): string[] =>
      one.comments.map(({ text }) => text.replace(/^\/+\s*/, '')).toSorted();
    promise(
      JSON.stringify(remarksOf(file)) === JSON.stringify(remarksOf(again.file)),
      'formatting keeps every remark',
    );
    promise(format(again.file) === formatted, 'formatting twice changes nothing more');
  });
}
