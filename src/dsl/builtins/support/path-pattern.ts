import { UNKNOWN, type Unknown } from '../../types/values.ts';
import { BoundedMemo } from './bounded-memo.ts';

/** A pattern's segments: a text stands for itself, `undefined` for any one segment. */
interface PathPattern {
  readonly segments: readonly (string | undefined)[];
  /** Ends in `*`: any further segments may follow, at least one. */
  readonly isOpen: boolean;
}

/** Longer paths are unknown. */
const LONGEST_PATH = 4096;
const PARAMETER = /^:[A-Za-z_][A-Za-z0-9_]*$/;
const LITERAL = /^[^\s:*%?#\\]+$/u;

const patterns = new BoundedMemo<string, PathPattern>(1024);

/** Why this is no pattern for `path.matches`, or undefined. */
export function pathPatternProblem(text: string): string | undefined {
  const parsed = parsePattern(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/**
 * Whether a path fits a pattern, in time linear in the path. Segments are compared after percent-decoding, case and a
 * slash at the end count. A path that different servers read differently is unknown: one without a slash at its
 * beginning, with an empty segment, `.` or `..`, a backslash, an encoded slash, a control character, a query, a
 * fragment, or an escape that is broken or made twice.
 */
export function matchPath(path: string, pattern: string): boolean | Unknown {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const parsed = parsePattern(pattern);
    if (typeof parsed === 'string') return UNKNOWN;
    compiled = parsed;
    patterns.set(pattern, compiled);
  }
  const segments = segmentsOf(path);
  if (segments === undefined) return UNKNOWN;
  const { segments: wanted, isOpen } = compiled;
  if (isOpen ? segments.length <= wanted.length : segments.length !== wanted.length) return false;
  // The slash at the end is an empty last segment: no parameter stands for it.
  return wanted.every((want, index) =>
    want === undefined ? segments[index] !== '' : segments[index] === want,
  );
}

function parsePattern(text: string): PathPattern | string {
  if (!text.startsWith('/')) return `the pattern \`${text}\` does not begin with a slash`;
  const parts = text.slice(1).split('/');
  const isOpen = parts.at(-1) === '*';
  if (isOpen) parts.pop();
  const names = new Set<string>();
  const segments: (string | undefined)[] = [];
  for (const [index, part] of parts.entries()) {
    if (part === '' && index === parts.length - 1 && !isOpen) {
      segments.push('');
      continue;
    }
    if (part.startsWith(':')) {
      if (!PARAMETER.test(part)) return `\`${part}\` is no parameter, such as \`:id\``;
      if (names.has(part)) return `the parameter \`${part}\` stands there twice`;
      names.add(part);
      segments.push(undefined);
    } else if (part === '' || part === '.' || part === '..') {
      return `the pattern \`${text}\` has a segment that no path may have: \`${part}\``;
    } else if (!LITERAL.test(part)) {
      return `the segment \`${part}\` is neither a parameter nor plain text, and \`*\` may only be the last one`;
    } else {
      segments.push(part);
    }
  }
  return { segments, isOpen };
}

/** The decoded segments of a path, or undefined where servers might not agree on them. */
function segmentsOf(path: string): readonly string[] | undefined {
  if (path.length > LONGEST_PATH || !path.startsWith('/') || /[?#\\]/.test(path)) return undefined;
  const parts = path.slice(1).split('/');
  const segments: string[] = [];
  for (const [index, part] of parts.entries()) {
    const segment = part.includes('%') ? decoded(part) : part;
    if (segment === undefined || segment === '.' || segment === '..' || hasControl(segment)) return undefined;
    if (segment === '' && index < parts.length - 1) return undefined;
    segments.push(segment);
  }
  return segments;
}

function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    // What is still encoded was encoded twice, and some servers decode twice.
    return /[/\\]|%[0-9a-f]{2}/i.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
