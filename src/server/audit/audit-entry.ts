import type { AuditLevel } from '../../dsl/syntax/ast.ts';

/** One line of the audit log: plain JSON, already redacted. */
export interface AuditEntry {
  readonly level: AuditLevel;
  /** The answer waits until the entry is safely stored. */
  readonly durable: boolean;
  /** JSON object without `level`; its values hold no secrets. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** How the log is doing. */
export interface AuditStatus {
  /** Entries stored since the start. */
  readonly written: number;
  /** Entries that could not be stored since the start. */
  readonly lost: number;
  /** Entries that wait to be stored. */
  readonly waiting: number;
}
