/** What the process and the thread of its embedded database say to each other; plain data. */

/** What the thread is started with. */
export interface ThreadData {
  /** Folder of the database. */
  readonly place: string;
  /** Whether it has to be made first. */
  readonly isNew: boolean;
}

/** Work for the database. */
export type Order =
  | { readonly kind: 'query'; readonly text: string; readonly values: readonly (string | null)[] }
  /** Any number of statements. */
  | { readonly kind: 'run'; readonly script: string }
  /** A statement that reads `/dev/blob`, and what it reads there. */
  | { readonly kind: 'copy'; readonly text: string; readonly piece: string }
  /** Ends the database, and so the thread. */
  | { readonly kind: 'close' };

export interface NumberedOrder {
  readonly id: number;
  readonly order: Order;
}

/** Rows as the database said them: values as text, by the places of their columns. */
export interface RawRows {
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows that a statement wrote; 0 where it wrote none. */
  readonly written: number;
}

/** An error without its class, which no message carries: its message, and with it what is text of its other properties. */
export type ErrorText = Readonly<Record<string, string>> & { readonly message: string };

/** What the thread says. The first message tells of the opening. */
export type Answer =
  | { readonly id: number; readonly rows: RawRows }
  | { readonly id: number; readonly error: ErrorText }
  | { readonly channel: string; readonly payload: string };

/** The number of the order that opens the database, which is given by starting the thread. */
export const OPENING = 0;
