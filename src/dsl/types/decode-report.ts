import { type Reference, UNKNOWN, type Unknown } from './values.ts';

/** At most so many paths of each kind are reported. */
export const MAXIMUM_REPORTED = 50;

/** Where a value stands in what was sent; undefined where nobody wants to know yet, since most of it has nothing to report. */
export type Path = string | undefined;

/** What decoding noticed. It is filled while decoding and holds at most {@link MAXIMUM_REPORTED} paths of each kind. */
export interface DecodeReport {
  /** Paths of values that do not fit their type; each counts as unknown. */
  readonly illTyped: string[];
  /** Paths of attributes that are not declared. */
  readonly ignored: string[];
  /** Told of `{id, properties}`: a reference that brings properties along. Without it, properties are ignored and named. */
  readonly onReference?: (
    reference: Reference,
    properties: Readonly<Record<string, unknown>>,
    path: Path,
  ) => void;
}

/** A report of nothing yet. */
export function emptyReport(onReference?: DecodeReport['onReference']): DecodeReport {
  return { illTyped: [], ignored: [], ...(onReference && { onReference }) };
}

/** The path of a part, spelled only where the whole's is. */
export function within(path: Path, name: string): Path {
  return path === undefined ? undefined : `${path}.${name}`;
}

/** What does not fit is unknown, and reported. */
export function refuse(report: DecodeReport, path: Path): Unknown {
  note(report.illTyped, path);
  return UNKNOWN;
}

/** Adds a path, cut where it is long; one that is not spelled is added as an empty text, which tells that there is something to spell. */
export function note(into: string[], path: Path = ''): void {
  if (into.length < MAXIMUM_REPORTED) into.push(path.length > 256 ? `${path.slice(0, 256)}…` : path);
}
