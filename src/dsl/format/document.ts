/**
 * Text whose line breaks are still open, after Wadler, "A prettier printer": a group stands on one line if it fits,
 * else the line breaks that are directly in it are taken.
 */
export type Document =
  | string
  | { readonly kind: 'concat'; readonly parts: readonly Document[]; readonly breaks: boolean }
  | { readonly kind: 'indent'; readonly content: Document; readonly breaks: boolean }
  | { readonly kind: 'group'; readonly content: Document; readonly breaks: boolean }
  /** `flat` is printed instead of the break when the group stands on one line. */
  | { readonly kind: 'line'; readonly flat: string; readonly breaks: boolean }
  /** Waits for the end of the line: a trailing remark. */
  | { readonly kind: 'suffix'; readonly text: string; readonly breaks: boolean };

/** True when the document cannot stand on one line. */
export function mustBreak(document: Document): boolean {
  return typeof document !== 'string' && document.breaks;
}

export function concat(...parts: readonly Document[]): Document {
  return sequence(parts);
}
/** As {@link concat}, for any number of parts. */
export function sequence(parts: readonly Document[]): Document {
  return { kind: 'concat', parts, breaks: parts.some(mustBreak) };
}
export function indent(...parts: readonly Document[]): Document {
  const content = concat(...parts);
  return { kind: 'indent', content, breaks: mustBreak(content) };
}
export function group(...parts: readonly Document[]): Document {
  const content = concat(...parts);
  return { kind: 'group', content, breaks: mustBreak(content) };
}
/** A line break, or a space. */
export const line: Document = { kind: 'line', flat: ' ', breaks: false };
/** A line break, or nothing. */
export const softline: Document = { kind: 'line', flat: '', breaks: false };
/** A line break, or a comma and a space. */
export const separator: Document = { kind: 'line', flat: ', ', breaks: false };
/** A line break wherever it stands. */
export const hardline: Document = { kind: 'line', flat: '', breaks: true };

/** A remark at the end of the line; what it stands in does not fit on that line. */
export function suffix(text: string): Document {
  return { kind: 'suffix', text, breaks: true };
}

export function join(glue: Document, parts: readonly Document[]): Document {
  return sequence(parts.flatMap((part, index) => (index === 0 ? [part] : [glue, part])));
}

interface Task {
  readonly document: Document;
  readonly indentation: number;
  readonly flat: boolean;
}

/** Prints a document within `width` columns where that is possible, without blanks at the ends of lines. */
export function print(document: Document, width: number): string {
  const pieces: string[] = [];
  const suffixes: string[] = [];
  const tasks: Task[] = [{ document, indentation: 0, flat: false }];
  let column = 0;
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { document: current, indentation, flat } = task;
    if (typeof current === 'string') {
      pieces.push(current);
      column += current.length;
      continue;
    }
    switch (current.kind) {
      case 'concat':
        for (let at = current.parts.length - 1; at >= 0; at--) {
          tasks.push({ document: current.parts[at] as Document, indentation, flat });
        }
        break;
      case 'indent':
        tasks.push({ document: current.content, indentation: indentation + 2, flat });
        break;
      case 'group': {
        const inner: Task = { document: current.content, indentation, flat: !current.breaks };
        const fitsFlat = !current.breaks && (flat || fits(inner, tasks, width - column));
        tasks.push({ ...inner, flat: fitsFlat });
        break;
      }
      case 'line':
        if (flat && !current.breaks) {
          pieces.push(current.flat);
          column += current.flat.length;
        } else {
          pieces.push(...suffixes.splice(0).map((text) => ` ${text}`));
          trimEnd(pieces);
          pieces.push('\n', ' '.repeat(indentation));
          column = indentation;
        }
        break;
      case 'suffix':
        suffixes.push(current.text);
        break;
    }
  }
  pieces.push(...suffixes.map((text) => ` ${text}`));
  trimEnd(pieces);
  return pieces.join('');
}

/** True when the task, and what follows it up to the next possible line break, fit into `room` columns. */
function fits(task: Task, rest: readonly Task[], room: number): boolean {
  const tasks: Task[] = [task];
  let left = room;
  let next = rest.length - 1;
  while (left >= 0) {
    const current = tasks.pop() ?? rest[next--];
    if (current === undefined) return true;
    const { document, indentation, flat } = current;
    if (typeof document === 'string') {
      left -= document.length;
      continue;
    }
    switch (document.kind) {
      case 'concat':
        for (let at = document.parts.length - 1; at >= 0; at--) {
          tasks.push({ document: document.parts[at] as Document, indentation, flat });
        }
        break;
      case 'indent':
        tasks.push({ document: document.content, indentation, flat });
        break;
      case 'group':
        tasks.push({ document: document.content, indentation, flat: flat && !document.breaks });
        break;
      case 'line':
        if (!flat || document.breaks) return true;
        left -= document.flat.length;
        break;
      case 'suffix':
        break;
    }
  }
  return false;
}

/** Removes the blanks at the end of the line that is being printed. */
function trimEnd(pieces: string[]): void {
  while (pieces.length > 0) {
    const last = pieces[pieces.length - 1] as string;
    const trimmed = last.replace(/ +$/, '');
    if (trimmed === last && last !== '') return;
    pieces.pop();
    if (trimmed !== '') {
      pieces.push(trimmed);
      return;
    }
  }
}
