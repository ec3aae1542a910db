import type { CheckedBundle, CheckedOverride } from '../../dsl/check/bundle.ts';
import { canonicalId, parseId } from '../../dsl/types/entity-id.ts';
import { Reference } from '../../dsl/types/values.ts';
import type { About } from '../decide/about.ts';
import { EXPIRED, within } from '../decide/deadline.ts';
import type { Ports } from '../ports.ts';
import type { Activation, EmergencyChange, EmergencyRefusal, EnteredMode } from './emergency-types.ts';

/** Why an operator's change was refused, with a sentence for them. */
export interface Refused {
  readonly ok: false;
  readonly refusal:
    | EmergencyRefusal
    | 'unknown_mode'
    | 'unknown_override'
    | 'invalid_subject'
    | 'audit_unavailable';
  readonly detail: string;
}
export type Changed<T> = { readonly ok: true; readonly value: T } | Refused;

export interface EmergencyService {
  enterMode(name: string, reason: string, about: About): Promise<Changed<EnteredMode>>;
  /** Undefined when no operator had entered it. */
  leaveMode(
    name: string,
    reason: string | undefined,
    about: About,
  ): Promise<Changed<EnteredMode | undefined>>;
  /** `duration` in milliseconds; undefined for as long as the policy allows. */
  openOverride(
    name: string,
    subject: Activation['subject'],
    reason: string,
    duration: number | undefined,
    about: About,
  ): Promise<Changed<Activation>>;
  closeOverride(
    name: string,
    subject: Activation['subject'],
    reason: string | undefined,
    about: About,
  ): Promise<Changed<Activation>>;
}

/** Recording a change may take so many milliseconds. */
const AUDIT_TIMEOUT = 5_000;

/**
 * Modes and overrides as operators change them: only what the running bundle declares (leaving and closing excepted),
 * each change recorded, durably and at `critical`, before it is made.
 */
export function createEmergencyService({ audit, bundles, clock, emergency }: Ports): EmergencyService {
  const record = async (
    change: string,
    about: About,
    details: Readonly<Record<string, unknown>>,
  ): Promise<boolean> => {
    const storing = audit.write({
      durable: true,
      record: {
        time: new Date(clock.now()).toISOString(),
        level: 'critical',
        kind: 'emergency',
        change,
        requestId: about.requestId,
        ...(about.traceId === undefined ? {} : { traceId: about.traceId }),
        caller: about.caller?.id,
        ...details,
      },
    });
    try {
      return storing === undefined || (await within(storing, AUDIT_TIMEOUT)) !== EXPIRED;
    } catch {
      return false;
    }
  };

  /** Records the change, then makes it; what was recorded and then failed is recorded as failed. */
  const change = async <T>(
    name: string,
    about: About,
    details: Readonly<Record<string, unknown>>,
    make: () => Promise<EmergencyChange<T>>,
  ): Promise<Changed<T>> => {
    if (!(await record(name, about, details))) {
      return refused('audit_unavailable', 'the change could not be recorded, so it was not made');
    }
    const made = await make();
    if (made.ok) return made;
    await record(name, about, { ...details, failed: made.refusal });
    return refused(made.refusal, DETAILS[made.refusal]);
  };

  const declaredSubject = (
    override: CheckedOverride | undefined,
    subject: Activation['subject'],
  ): Activation['subject'] | Refused => {
    const { bundle } = bundles.current().engine;
    const types = new Set(override?.cases.flatMap(({ triples }) => triples.map((triple) => triple.subject)));
    if (override !== undefined && !types.has(subject.type)) {
      return refused(
        'invalid_subject',
        `the override is for ${[...types].join(', ')}, not for ${subject.type}`,
      );
    }
    const id = idOf(subject, bundle);
    if (id !== undefined) return { type: subject.type, id };
    return refused('invalid_subject', `this is not how the id of ${subject.type} is spelt`);
  };

  return {
    async enterMode(name, reason, about) {
      if (!bundles.current().engine.bundle.modes.has(name)) return unknown('mode', name);
      const known = emergency.modes().get(name);
      if (known !== undefined) return { ok: true, value: known };
      const mode: EnteredMode = { name, reason, by: about.caller?.id ?? 'unknown', since: clock.now() };
      return change('enter_mode', about, { mode: name, reason }, () => emergency.enterMode(mode));
    },

    async leaveMode(name, reason, about) {
      const known = emergency.modes().has(name);
      if (!known && !bundles.current().engine.bundle.modes.has(name)) return unknown('mode', name);
      if (!known) return { ok: true, value: undefined };
      const left = await change('leave_mode', about, { mode: name, reason }, () => emergency.leaveMode(name));
      // Somebody else was faster: it is left all the same.
      return !left.ok && left.refusal === 'not_on' ? { ok: true, value: undefined } : left;
    },

    async openOverride(name, subject, reason, duration, about) {
      const override = bundles.current().engine.bundle.overrides.get(name);
      if (override === undefined) return unknown('override', name);
      const canonical = declaredSubject(override, subject);
      if ('ok' in canonical) return canonical;
      const openedAt = clock.now();
      const expiresAt = openedAt + Math.min(duration ?? override.expiresAfter, override.expiresAfter);
      const activation: Activation = {
        override: name,
        subject: canonical,
        reason,
        by: about.caller?.id ?? 'unknown',
        openedAt,
        expiresAt,
      };
      const details = {
        override: name,
        subject: canonical,
        reason,
        expiresAt: new Date(expiresAt).toISOString(),
      };
      return change('open_override', about, details, () => emergency.openOverride(activation));
    },

    async closeOverride(name, subject, reason, about) {
      const override = bundles.current().engine.bundle.overrides.get(name);
      // What an older bundle declared can still be closed, by the id as it was kept.
      const isOpenFor = (one: Activation['subject']): boolean =>
        emergency.overridesFor(new Reference(one.type, one.id), clock.now()).has(name);
      if (override === undefined && !isOpenFor(subject)) return unknown('override', name);
      const canonical = override === undefined ? subject : declaredSubject(override, subject);
      if ('ok' in canonical) return canonical;
      if (!isOpenFor(canonical)) return refused('not_open', DETAILS.not_open);
      return change('close_override', about, { override: name, subject: canonical, reason }, () =>
        emergency.closeOverride(name, canonical, clock.now()),
      );
    },
  };
}

const DETAILS: Readonly<Record<EmergencyRefusal, string>> = {
  too_many_overrides: 'close some, or wait until some expire',
  not_open: 'the override is not open for this subject',
  not_on: 'the mode is not on',
  state_unavailable: 'the change could not be stored, so it was not made',
};

/** The id as decisions compare it; undefined when it is not spelt as the key of its type says. */
function idOf({ type, id }: Activation['subject'], bundle: CheckedBundle): string | undefined {
  const entity = bundle.entities.get(type);
  const text = entity === undefined ? undefined : canonicalId(entity, id);
  return entity === undefined || text === undefined ? undefined : parseId(entity, text);
}

function refused(refusal: Refused['refusal'], detail: string): Refused {
  return { ok: false, refusal, detail };
}

function unknown(what: 'mode' | 'override', name: string): Refused {
  return refused(
    what === 'mode' ? 'unknown_mode' : 'unknown_override',
    `the bundle declares no ${what} ${name}`,
  );
}
