import type { WorldSource } from '../../../../src/dsl/builtins/builtin.ts';
import type { CheckedBundle } from '../../../../src/dsl/check/bundle.ts';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';
import { placeOf, SourceText } from '../../../../src/dsl/source/source-text.ts';
import { decodeAttributes } from '../../../../src/dsl/types/decode-attributes.ts';
import { emptyReport } from '../../../../src/dsl/types/decode-report.ts';
import type { FactRecord, FactView } from '../../../../src/engine/decide/facts.ts';
import type { Question } from '../../../../src/engine/decide/question.ts';
import {
  type AccessRequest,
  type JsonObject,
  type LiveState,
  QUIET,
  type Verdict,
} from '../../../../src/engine/decide/types.ts';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import type { Explanation } from '../../../../src/engine/explain/types.ts';

/** Noon of a Monday. */
export const NOW = Date.parse('2026-01-05T12:00:00Z');

/** The bundle of these files; a finding that is an error fails the test. */
export function bundleOf(...texts: readonly string[]): CheckedBundle {
  const { bundle, diagnostics } = loadBundle(
    texts.map((text, index) => new SourceText(`${index}.velro`, text)),
  );
  if (bundle === undefined) {
    throw new Error(diagnostics.map((one) => `${placeOf(one.span)} ${one.code} ${one.message}`).join('\n'));
  }
  return bundle;
}

export function engineOf(...texts: readonly string[]): Engine {
  return createEngine(bundleOf(...texts));
}

/** A request in short: ids are `type:id`. */
export interface Asking {
  readonly subject?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly subjectProperties?: JsonObject;
  readonly actionProperties?: JsonObject;
  readonly resourceProperties?: JsonObject;
  readonly context?: JsonObject;
  /** Attributes by `type:id`; null where the store has no record, 'unavailable' where it could not be asked. */
  readonly facts?: Readonly<Record<string, JsonObject | null | 'unavailable'>>;
  readonly now?: number;
  readonly live?: Partial<LiveState>;
  readonly sources?: Readonly<Record<string, WorldSource>>;
}

/** The question in full. */
export function questionOf(engine: Engine, asking: Asking): Question {
  const request = engine.prepare(requestOf(asking));
  return {
    request,
    facts: factsOf(engine.bundle, asking.facts ?? {}),
    circumstances: {
      live: { ...QUIET, ...asking.live },
      world: { now: asking.now ?? NOW, sources: asking.sources ?? {} },
    },
  };
}

export function requestOf(asking: Asking): AccessRequest {
  const [subject, resource] = [asking.subject ?? 'user:ann', asking.resource ?? 'doc:d'].map((text) => {
    const colon = text.indexOf(':');
    return { type: text.slice(0, colon), id: text.slice(colon + 1) };
  }) as [{ type: string; id: string }, { type: string; id: string }];
  return {
    subject: { ...subject, properties: asking.subjectProperties },
    action: { name: asking.action ?? 'read', properties: asking.actionProperties },
    resource: { ...resource, properties: asking.resourceProperties },
    context: asking.context,
  };
}

/** Records decoded as a store would. */
function factsOf(bundle: CheckedBundle, facts: NonNullable<Asking['facts']>): FactView {
  const records = new Map<string, FactRecord | null | undefined>();
  for (const [key, json] of Object.entries(facts)) {
    const entity = bundle.entities.get(key.slice(0, key.indexOf(':')));
    if (entity === undefined) throw new Error(`no entity for ${key}`);
    if (json === null || json === 'unavailable') {
      records.set(key, json === null ? null : undefined);
      continue;
    }
    const takes = (attribute: { readonly closure: unknown; readonly source: string }): boolean =>
      attribute.closure === undefined && attribute.source !== 'supplied';
    records.set(key, {
      attributes: decodeAttributes(json, entity.attributes, bundle, key, emptyReport(), { takes }),
    });
  }
  return { record: (type, id) => (records.has(`${type}:${id}`) ? records.get(`${type}:${id}`) : null) };
}

export function decide(engine: Engine, asking: Asking): Verdict {
  const { request, facts, circumstances } = questionOf(engine, asking);
  return engine.decide(request, facts, circumstances);
}

export function explain(engine: Engine, asking: Asking): Explanation {
  const { request, facts, circumstances } = questionOf(engine, asking);
  return engine.explain(request, facts, circumstances);
}

/** A verdict in short: `permit`, or the code of the denial and its cause. */
export function short(verdict: Verdict): string {
  if (verdict.permitted) return 'permit';
  if (verdict.cause !== undefined) return `${verdict.code} by ${verdict.cause.layer}.${verdict.cause.rule}`;
  return verdict.claim === undefined ? verdict.code : `${verdict.code} ${verdict.claim}`;
}
