import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import { FindingsError } from '../config/start-error.ts';
import { type DecodedFacts, decodeFacts } from '../facts/decode-facts.ts';
import { FactFindings, type FactLine } from '../facts/fact-line.ts';
import type { MemoryFactStore } from '../facts/memory-fact-store.ts';
import { readFactLines } from '../facts/read-fact-lines.ts';
import type { ActiveBundle, BundleSource, Clock, WorldSources } from '../ports.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import type { DatabaseFit } from './fit-database.ts';
import { type BundleLoad, type LoadedBundle, loadBundleFolder } from './load-bundle-folder.ts';
import { type Warmth, warmUp, warmUpBeside } from './warm-up.ts';

export interface PolicyRuntimeOptions {
  readonly policies: string;
  /** Facts as JSON Lines; undefined for none. */
  readonly facts: string | undefined;
  readonly store: MemoryFactStore;
  readonly clock: Clock;
  /** What the engine is warmed up with. */
  readonly world: WorldSources;
  readonly color: boolean;
  /** Holds a bundle against where its facts come from, before it answers; without it, every bundle fits. */
  readonly fit?: (bundle: CheckedBundle) => Promise<DatabaseFit>;
}

/** What came of a load: `changed` when something else answers now. Findings are text for people. */
export interface LoadResult {
  readonly ok: boolean;
  readonly changed: boolean;
  readonly findings: string;
}

/** The policies and facts that answer. What has an error is not used, and looked at again with the next load. */
export interface PolicyRuntime extends BundleSource {
  /**
   * Reads policies and facts again and swaps what is good in, as one where they fit together. Loads that overlap are made
   * one after the other.
   */
  load(what: { readonly policies: boolean; readonly facts: boolean }): Promise<LoadResult>;
  /**
   * Swaps a bundle in that came from elsewhere, or rejects and leaves what answers. Requests are served meanwhile. Gives
   * what speaks against it a little, as text for people.
   */
  adopt(bundle: LoadedBundle): Promise<string>;
  /**
   * Compiles a bundle that will probably be adopted, warms it up and holds it against where its facts come from, while that
   * waits for something else.
   */
  makeReady(bundle: CheckedBundle): Promise<void>;
  /** Warms up what was left for after a start, while others are served. */
  finishWarmUp(): Promise<void>;
  /**
   * Rejects with a `FindingsError` unless a bundle fits where its facts come from, or with a `DatabaseUnavailable` when that
   * cannot be found out now; gives what speaks against it a little.
   */
  refuseUnfit(bundle: CheckedBundle): Promise<string>;
}

/** What was read of a facts file, with what was found while reading. */
interface ReadFacts {
  readonly lines: readonly FactLine[];
  readonly findings: FactFindings;
}

export function createPolicyRuntime(options: PolicyRuntimeOptions): PolicyRuntime {
  const { clock, store, world } = options;
  let active: ActiveBundle | undefined;
  let lines: readonly FactLine[] = [];
  let last: Promise<unknown> = Promise.resolve();
  /** Of a bundle that may be adopted next. That it fits is believed until then; anything else is found out again. */
  let ready: { readonly engine: Engine; readonly fitting: Promise<DatabaseFit | undefined> } | undefined;
  /** What has changed and does not answer yet, because something was wrong with it or with what came along. */
  let unused = { policies: false, facts: false };

  const readFacts = async (): Promise<ReadFacts> => {
    const findings = new FactFindings();
    return {
      lines: options.facts === undefined ? [] : await readFactLines(options.facts, findings),
      findings,
    };
  };

  const activeOf = (bundle: LoadedBundle): ActiveBundle => ({
    engine: ready?.engine.bundle === bundle.bundle ? ready.engine : createEngine(bundle.bundle),
    version: bundle.version,
    digest: bundle.digest,
    loadedAt: clock.now(),
    published: bundle.published,
  });

  const refuseUnfit: PolicyRuntime['refuseUnfit'] = async (bundle) => {
    const ahead = ready?.engine.bundle === bundle ? await ready.fitting : undefined;
    const fit = ahead?.ok === true ? ahead : await options.fit?.(bundle);
    if (fit === undefined) return '';
    const { ok, findings, unavailable } = fit;
    if (unavailable !== undefined) throw new DatabaseUnavailable(unavailable, findings);
    if (!ok) throw new FindingsError(findings);
    return findings;
  };

  /** The first bundle is waited for by everybody: it answers as soon as it decides. Another answers when all is warm. */
  const neededNow = (): readonly Warmth[] | undefined => (active === undefined ? ['decisions'] : undefined);
  const warm = (engine: Engine, what = neededNow()): Promise<void> =>
    warmUpBeside(engine, world, () => clock.monotonic(), clock.now(), what);

  const makeReady: PolicyRuntime['makeReady'] = async (bundle) => {
    const fitting = Promise.resolve(options.fit?.(bundle)).catch(() => undefined);
    const engine = createEngine(bundle);
    await warm(engine);
    ready = { engine, fitting };
  };

  const adopt: PolicyRuntime['adopt'] = async (bundle) => {
    await turnOfOthers();
    const findings = await refuseUnfit(bundle.bundle);
    const next = activeOf(bundle);
    const facts = decodeFacts(lines, next.engine.bundle, new FactFindings());
    if (next.engine !== ready?.engine) await warm(next.engine);
    ready = undefined;
    store.adopt(next.engine.bundle, facts);
    active = next;
    return findings;
  };

  /** Makes everything that can fail first, and swaps at the end without a pause. */
  const swap = (bundle: LoadedBundle | undefined, read: ReadFacts | undefined): LoadResult => {
    const next = bundle === undefined ? active : activeOf(bundle);
    if (next === undefined) throw new Error('facts were loaded before policies');
    const findings = read?.findings.copy() ?? new FactFindings();
    const newLines = read?.lines ?? lines;
    const facts: DecodedFacts = decodeFacts(newLines, next.engine.bundle, findings);
    const text = findings.render(options.facts ?? '');
    if (findings.errors > 0) return { ok: false, changed: false, findings: text };
    if (bundle !== undefined) warmUp(next.engine, world, () => clock.monotonic(), clock.now(), neededNow());
    store.adopt(next.engine.bundle, facts);
    lines = newLines;
    active = next;
    unused = {
      policies: unused.policies && bundle === undefined,
      facts: unused.facts && read === undefined,
    };
    return { ok: true, changed: true, findings: text };
  };

  /** Both together, or else what can be used of them; the findings are about both. */
  const swapWhatFits = (bundle: LoadedBundle | undefined, read: ReadFacts | undefined): LoadResult => {
    if (bundle === undefined && read === undefined) return { ok: true, changed: false, findings: '' };
    const both = swap(bundle, read);
    if (both.ok || active === undefined || bundle === undefined || read === undefined) return both;
    const changed = swap(bundle, undefined).ok || swap(undefined, read).ok;
    return { ...both, changed };
  };

  /** The bundle of the folder, unless it does not fit; what speaks against it a little comes along. */
  const loadFitting = async (): Promise<{ readonly loaded: BundleLoad; readonly warnings: string }> => {
    const loaded = await loadBundleFolder(options.policies, options.color, active?.digest);
    if (!loaded.ok || loaded.bundle === undefined || options.fit === undefined)
      return { loaded, warnings: '' };
    const { ok, findings } = await options.fit(loaded.bundle);
    return ok ? { loaded, warnings: findings } : { loaded: { ok, findings }, warnings: '' };
  };

  const load: PolicyRuntime['load'] = async (what) => {
    unused = { policies: unused.policies || what.policies, facts: unused.facts || what.facts };
    const read = unused.facts ? await readFacts() : undefined;
    if (!unused.policies) return swapWhatFits(undefined, read);
    const { loaded, warnings } = await loadFitting();
    if (loaded.ok) {
      if (loaded.bundle === undefined) unused = { ...unused, policies: false };
      const result = swapWhatFits(loaded.bundle === undefined ? undefined : loaded, read);
      return { ...result, findings: joined(warnings, result.findings) };
    }
    const facts = active === undefined ? undefined : swapWhatFits(undefined, read);
    const findings = joined(loaded.findings, facts?.findings ?? '');
    return { ok: false, changed: facts?.changed ?? false, findings };
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  return {
    load: (what) => inTurn(() => load(what)),
    adopt: (bundle) => inTurn(() => adopt(bundle)),
    makeReady: (bundle) => inTurn(() => makeReady(bundle)),
    finishWarmUp: () => (active === undefined ? Promise.resolve() : warm(active.engine, ['explanations'])),
    refuseUnfit,
    current() {
      if (active === undefined) throw new Error('no bundle was loaded');
      return active;
    },
  };
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}
