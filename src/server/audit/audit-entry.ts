import type { AuditLevel } from '../../dsl/syntax/ast.ts';

/** One line of the audit log: a JSON object whose values hold no secrets. The time goes first, so that lines sort. */
export interface AuditRecord {
  readonly time: string;
  readonly level: AuditLevel;
  readonly [field: string]: unknown;
}

export interface AuditEntry {
  /** The answer waits until the entry is safely stored. */
  readonly durable: boolean;
  readonly record: AuditRecord;
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
