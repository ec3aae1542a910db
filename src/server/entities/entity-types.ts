import type { FieldError } from '../http/problem.ts';

/** An entity as it is to be stored: its id canonical, its attributes JSON that decodes to the values that were checked. */
export interface CheckedEntity {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An entity as it is stored. */
export interface StoredEntity extends CheckedEntity {
  /** No other write, of whatever entity, has the same. */
  readonly revision: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What must hold of the stored entity for a write to be made. */
export type Precondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'revision'; readonly revisions: readonly number[] };

export type EntityRefusal =
  | 'audit_unavailable'
  | 'entity_not_found'
  | 'entity_not_stored'
  | 'invalid_entity'
  | 'precondition_failed'
  | 'unknown_entity_type';

/** Why nothing was done, in a sentence, and what is wrong with which place. */
export interface EntityRefused {
  readonly ok: false;
  readonly refusal: EntityRefusal;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

export type EntityOutcome<T> = { readonly ok: true; readonly value: T } | EntityRefused;

export function refuse(
  refusal: EntityRefusal,
  detail: string,
  errors?: readonly FieldError[],
): EntityRefused {
  return { ok: false, refusal, detail, ...(errors && { errors }) };
}
