/** One line of a facts file, not yet measured by a schema. */
export interface FactLine {
  /** From 1. */
  readonly line: number;
  readonly type: string;
  readonly id: string | number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Something about a facts file that its author should know. With an error it is not used. */
export interface FactFinding {
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  readonly severity: 'error' | 'warning';
  /** In lower case, without a full stop. */
  readonly message: string;
}

/** At most so many findings are kept; the number of all is known all the same. */
const MAXIMUM_FINDINGS = 100;

/** Collects findings within bounds. */
export class FactFindings {
  readonly kept: FactFinding[] = [];
  errors = 0;
  warnings = 0;

  /** The same findings, to which others may be added. */
  copy(): FactFindings {
    const copy = new FactFindings();
    copy.kept.push(...this.kept);
    copy.errors = this.errors;
    copy.warnings = this.warnings;
    return copy;
  }

  add(line: number, severity: FactFinding['severity'], message: string): void {
    if (severity === 'error') this.errors += 1;
    else this.warnings += 1;
    // An error is never cut for a warning.
    if (this.kept.length >= MAXIMUM_FINDINGS && severity === 'error') {
      const warning = this.kept.findLastIndex((one) => one.severity === 'warning');
      if (warning >= 0) this.kept.splice(warning, 1);
    }
    if (this.kept.length < MAXIMUM_FINDINGS) this.kept.push({ line, severity, message });
  }

  /** `path:line: error: …`, one a line, by line; the last line counts those that were cut. */
  render(path: string): string {
    const lines = this.kept
      .toSorted((a, b) => a.line - b.line)
      .map(
        ({ line, severity, message }) => `${path}${line === 0 ? '' : `:${line}`}: ${severity}: ${message}`,
      );
    const cut = this.errors + this.warnings - this.kept.length;
    if (cut > 0) lines.push(`${path}: and ${cut} more`);
    return lines.join('\n');
  }
}
