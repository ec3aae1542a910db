/** What the shell is told. Scripts rely on these: they do not change. */
export const EXIT = {
  /** Nothing to report. */
  fine: 0,
  /** Something was found: diagnostics, a file that is not formatted, a failed test, a denial under `--exit-code`. */
  findings: 1,
  /** The command was called wrongly, or what it needs is not there. */
  misuse: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
