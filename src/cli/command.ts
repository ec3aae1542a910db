import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';

/** Gets the exit code of a command to where the process ends. */
export type Run = (work: () => Promise<ExitCode>) => Promise<void>;

/** One command of `velro`: what it takes and does, added to a command that has its name and summary. */
export type DefineCommand = (command: Command, run: Run) => void;

/** What the list of commands says of one; the rest is loaded when it is called, so that `velro --help` is quick. */
export interface CommandEntry {
  readonly name: string;
  /** In a few words, lower case, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}
