import type { Reference } from '../../dsl/types/values.ts';
import { StartError } from '../config/start-error.ts';
import { readJsonFile, writeJsonFile } from './atomic-json-file.ts';
import { type EmergencyDocument, parseEmergencyDocument } from './emergency-document.ts';
import type { Activation, EmergencyChange, EmergencyState, EnteredMode } from './emergency-types.ts';

/** So many overrides are open at once at most. */
export const MAXIMUM_ACTIVATIONS = 1_000;

const NONE: ReadonlySet<string> = new Set();

/** What changes together: it is replaced, never modified. */
interface State {
  readonly modes: ReadonlyMap<string, EnteredMode>;
  /** By override and subject. */
  readonly activations: ReadonlyMap<string, Activation>;
}

/**
 * Modes and overrides, kept in a file that is replaced as a whole before a change is acknowledged. A file that cannot
 * be understood stops the start: going on without it would lift a lockdown.
 */
export async function openEmergencyFile(
  path: string,
  onFailure: (error: unknown) => void = () => {},
): Promise<EmergencyState> {
  let state = stateOf(await readDocument(path));
  let revision = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Makes one change after the other; the state changes once the file has. */
  const change = <T>(compute: (state: State) => { state: State; value: T } | EmergencyChange<never>) => {
    const turn = last.then(async (): Promise<EmergencyChange<T>> => {
      const computed = compute(state);
      if ('ok' in computed) return computed;
      try {
        await writeJsonFile(path, documentOf(computed.state));
      } catch (error) {
        onFailure(error);
        return { ok: false, refusal: 'state_unavailable' };
      }
      state = computed.state;
      revision += 1;
      return { ok: true, value: computed.value };
    });
    last = turn;
    return turn;
  };

  return {
    get revision() {
      return revision;
    },
    modes: () => state.modes,
    activations: (now) => [...state.activations.values()].filter((one) => isOpen(one, now)),
    overridesFor(subject, now) {
      if (state.activations.size === 0) return NONE;
      return new Set(openFor(state, subject, now));
    },
    enterMode: (mode) =>
      change((before) => {
        const known = before.modes.get(mode.name);
        if (known !== undefined) return { state: before, value: known };
        return { state: { ...before, modes: new Map([...before.modes, [mode.name, mode]]) }, value: mode };
      }),
    leaveMode: (name) =>
      change((before) => {
        const known = before.modes.get(name);
        if (known === undefined) return { ok: false, refusal: 'not_on' };
        const modes = new Map(before.modes);
        modes.delete(name);
        return { state: { ...before, modes }, value: known };
      }),
    openOverride: (activation) =>
      change((before) => {
        const activations = withoutExpired(before, activation.openedAt);
        activations.delete(keyOf(activation.override, activation.subject));
        if (activations.size >= MAXIMUM_ACTIVATIONS) return { ok: false, refusal: 'too_many_overrides' };
        activations.set(keyOf(activation.override, activation.subject), activation);
        return { state: { ...before, activations }, value: activation };
      }),
    closeOverride: (override, subject, now) =>
      change((before) => {
        const activations = withoutExpired(before, now);
        const known = activations.get(keyOf(override, subject));
        if (known === undefined) return { ok: false, refusal: 'not_open' };
        activations.delete(keyOf(override, subject));
        return { state: { ...before, activations }, value: known };
      }),
  };
}

function* openFor(state: State, subject: Reference, now: number): Generator<string> {
  for (const one of state.activations.values()) {
    if (one.subject.type === subject.type && one.subject.id === subject.id && isOpen(one, now))
      yield one.override;
  }
}

function isOpen(activation: Activation, now: number): boolean {
  // A clock that was set back must not stretch an override: before its opening it does not count.
  return activation.openedAt <= now && now < activation.expiresAt;
}

function withoutExpired(state: State, now: number): Map<string, Activation> {
  return new Map([...state.activations].filter(([, one]) => now < one.expiresAt));
}

function keyOf(override: string, subject: Activation['subject']): string {
  return `${override}\0${subject.type}\0${subject.id}`;
}

async function readDocument(path: string): Promise<EmergencyDocument> {
  let value: unknown;
  try {
    value = await readJsonFile(path);
  } catch (error) {
    throw new StartError(`cannot read the emergency state in ${path}: ${(error as Error).message}`);
  }
  if (value === undefined) return { format: 1, modes: [], overrides: [] };
  const document = parseEmergencyDocument(value);
  if (document !== undefined) return document;
  throw new StartError(
    `the emergency state in ${path} cannot be understood; repair it, or delete it to leave all modes`,
  );
}

function stateOf(document: EmergencyDocument): State {
  return {
    modes: new Map(document.modes.map((mode) => [mode.name, mode])),
    activations: new Map(document.overrides.map((one) => [keyOf(one.override, one.subject), one])),
  };
}

function documentOf(state: State): EmergencyDocument {
  return { format: 1, modes: [...state.modes.values()], overrides: [...state.activations.values()] };
}
