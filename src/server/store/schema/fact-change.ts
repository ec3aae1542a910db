/** The channel of the database that tells of changed facts. */
export const FACTS_CHANNEL = 'velro_facts';

/** A change of facts. */
export interface FactChange {
  /** Of which entity; undefined: of any. */
  readonly type: string | undefined;
  /** Of which one, as the column of its key spells it; undefined: of any of its type. */
  readonly id: string | undefined;
  /** The number of the transaction that made it: a snapshot that does not see that has not seen the change. */
  readonly transaction: bigint;
}

/** What a notification tells; of one that nobody here sent, undefined: then anything may have changed. */
export function readFactChange(payload: string): FactChange | undefined {
  let told: unknown;
  try {
    told = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof told !== 'object' || told === null) return undefined;
  const { type, id, xid } = told as Readonly<Record<string, unknown>>;
  if (typeof xid !== 'string' || !/^\d{1,20}$/.test(xid)) return undefined;
  if (!isTextOrAbsent(type) || !isTextOrAbsent(id)) return undefined;
  return { type, id, transaction: BigInt(xid) };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
