import type { About } from '../decide/about.ts';
import { EXPIRED, within } from '../decide/deadline.ts';
import type { Ports } from '../ports.ts';

/** A write of an entity, as it is recorded: names of attributes, and none of their values. */
export interface EntityChange {
  readonly change: 'create_entity' | 'replace_entity' | 'delete_entity';
  readonly type: string;
  readonly id: string;
  readonly revision: number;
  readonly attributes?: readonly string[];
  /** It was recorded and then not made. */
  readonly failed?: true;
}

/** Making records durable may take so many milliseconds. */
const AUDIT_TIMEOUT = 5_000;

/** Writes changes down, durably; false when that was not possible. */
export type RecordChanges = (changes: readonly EntityChange[], about: About) => Promise<boolean>;

export function recordChanges({ audit, clock }: Pick<Ports, 'audit' | 'clock'>): RecordChanges {
  return async (changes, about) => {
    const time = new Date(clock.now()).toISOString();
    const storing = changes.map(async (change) =>
      audit.write({
        durable: true,
        record: {
          time,
          level: 'notice',
          kind: 'entity',
          requestId: about.requestId,
          ...(about.traceId === undefined ? {} : { traceId: about.traceId }),
          caller: about.caller?.id,
          ...change,
        },
      }),
    );
    try {
      return (await within(Promise.all(storing), AUDIT_TIMEOUT)) !== EXPIRED;
    } catch {
      return false;
    }
  };
}
