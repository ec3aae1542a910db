import type { Reference } from '../../dsl/types/values.ts';

/** A mode that an operator has entered. */
export interface EnteredMode {
  readonly name: string;
  readonly reason: string;
  /** Id of the caller who entered it. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** An override that is open for one subject. */
export interface Activation {
  readonly override: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly reason: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly expiresAt: number;
}

/** Why a change was not made. */
export type EmergencyRefusal = 'too_many_overrides' | 'not_open' | 'not_on' | 'state_unavailable';

export type EmergencyChange<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: EmergencyRefusal };

/** Modes and overrides. A change is acknowledged only when it would survive a crash. */
export interface EmergencyState {
  /** Grows with every change, so that what was derived can be kept until then. */
  readonly revision: number;
  modes(): ReadonlyMap<string, EnteredMode>;
  /** Activations that have not expired, oldest first. */
  activations(now: number): readonly Activation[];
  /** Names of the overrides that are open for a subject. */
  overridesFor(subject: Reference, now: number): ReadonlySet<string>;
  /** Entering a mode that is on keeps who entered it first. */
  enterMode(mode: EnteredMode): Promise<EmergencyChange<EnteredMode>>;
  leaveMode(name: string): Promise<EmergencyChange<EnteredMode>>;
  /** Opens or, for a subject that has it, replaces an activation. */
  openOverride(activation: Activation): Promise<EmergencyChange<Activation>>;
  closeOverride(
    override: string,
    subject: Activation['subject'],
    now: number,
  ): Promise<EmergencyChange<Activation>>;
}
