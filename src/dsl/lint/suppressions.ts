import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Span } from '../source/source-text.ts';
import type { Comment, Node, SourceFile } from '../syntax/ast.ts';
import { firstEndingAfter } from '../syntax/first-ending-after.ts';
import { children } from '../syntax/walk.ts';

/** `// velro-ignore RULE, RULE: reason`. */
const REMARK = /^\/\/[ \t]*velro-ignore\b[ \t]*([^:]*)(?::(.*))?$/;
/** `///` documents and suppresses nothing. */
const DOCUMENTATION = /^\/\/\//;

/** A remark that suppresses nothing as it stands. */
export interface SuppressionProblem {
  readonly span: Span;
  readonly problem: string;
  readonly help: string;
  /** The remark may go: the one thing that it is about is no longer found. */
  readonly isIdle: boolean;
}

/** One rule that a remark names, and the lines of its file that it covers. */
interface Suppression {
  readonly rule: string;
  readonly span: Span;
  /** The remark names no other rule. */
  readonly isAlone: boolean;
  used: boolean;
}

/**
 * The remarks of a bundle that suppress findings. A remark with a line of its own covers the declaration, attribute,
 * member or grant that begins next; one behind something covers its line. Without a reason it covers nothing.
 */
export class Suppressions {
  readonly problems: SuppressionProblem[] = [];
  readonly #all: Suppression[] = [];
  /** By path, line and rule. */
  readonly #byLine = new Map<string, Suppression[]>();

  constructor(files: readonly SourceFile[], ruleNames: readonly string[]) {
    for (const file of files) {
      for (const comment of file.comments) this.#read(comment, file, ruleNames);
    }
  }

  /** True of a finding that a remark covers, which then counts as used. */
  covers(finding: Diagnostic): boolean {
    const { source, start } = finding.span;
    const { line } = source.positionAt(start);
    const covering = this.#byLine.get(`${source.path}:${line}:${finding.rule}`) ?? [];
    for (const one of covering) one.used = true;
    return covering.length > 0;
  }

  /** The remarks about rules that ran and found nothing where the remark stands. */
  idle(hasRun: (rule: string) => boolean): SuppressionProblem[] {
    return this.#all.flatMap(({ rule, span, isAlone, used }) =>
      used || !hasRun(rule)
        ? []
        : [
            {
              span,
              problem: `\`${rule}\` finds nothing here that this remark could suppress`,
              help: 'remove the remark',
              isIdle: isAlone,
            },
          ],
    );
  }

  #read(comment: Comment, file: SourceFile, ruleNames: readonly string[]): void {
    const match = DOCUMENTATION.test(comment.text) ? null : REMARK.exec(comment.text);
    if (match === null) return;
    const { span } = comment;
    const refuse = (problem: string, help: string): void => {
      this.problems.push({ span, problem, help, isIdle: false });
    };
    const rules = (match[1] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    if (rules.length === 0) {
      return refuse('this remark names no rule', 'write `// velro-ignore RULE: the reason`');
    }
    if ((match[2] ?? '').trim() === '') {
      return refuse(
        'a suppression without a reason suppresses nothing',
        `write \`// velro-ignore ${rules.join(', ')}: the reason\``,
      );
    }
    const { first, last } = coveredLines(comment, file);
    for (const rule of rules) {
      if (!ruleNames.includes(rule)) {
        const near = nearestName(rule, ruleNames);
        refuse(
          `\`${rule}\` is no lint rule`,
          near === undefined ? 'docs/lint/README.md lists the rules' : `did you mean \`${near}\`?`,
        );
        continue;
      }
      const suppression: Suppression = { rule, span, isAlone: rules.length === 1, used: false };
      this.#all.push(suppression);
      for (let line = first; line <= last; line++) {
        const key = `${span.source.path}:${line}:${rule}`;
        this.#byLine.set(key, [...(this.#byLine.get(key) ?? []), suppression]);
      }
    }
  }
}

function coveredLines(comment: Comment, file: SourceFile): { first: number; last: number } {
  const { source } = file;
  const { start } = comment.span;
  const { line } = source.positionAt(start);
  const { text } = source;
  const isAlone = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
  if (!isAlone) return { first: line, last: line };
  const next = nextItem(file, comment.span.end);
  if (next !== undefined) {
    return {
      first: source.positionAt(next.span.start).line,
      last: source.positionAt(next.span.end).line,
    };
  }
  // Between the parts of a declaration: the next line that says something.
  let below = line + 1;
  while (/^\s*\/\//.test(source.lineAt(below)) || (source.lineAt(below).trim() === '' && below < line + 100))
    below++;
  return { first: below, last: below };
}

/** What may be documented, and so may be suppressed as a whole. */
const ITEMS: ReadonlySet<Node['kind']> = new Set(['attribute', 'enumMember', 'grant', 'rule']);

/** The outermost item that begins after an offset and has nothing but remarks before it; undefined inside of others. */
function nextItem(file: SourceFile, offset: number): Node | undefined {
  let within: Node = file;
  for (;;) {
    const below: readonly Node[] = within.kind === 'sourceFile' ? within.declarations : children(within);
    const next: Node | undefined = below[firstEndingAfter(below, offset)];
    if (next === undefined) return undefined;
    if (next.span.start >= offset)
      return within.kind === 'sourceFile' || ITEMS.has(next.kind) ? next : undefined;
    within = next;
  }
}
