import type { CheckedBundle, Triple } from '../dsl/check/bundle.ts';
import { Compiler } from './compile/compiler.ts';
import type { ReadSet } from './compile/read-set.ts';
import { type DecideTools, decideInput } from './decide/decide.ts';
import type { FactView } from './decide/facts.ts';
import { RequestReader } from './decide/prepare.ts';
import { inputOf } from './decide/question.ts';
import { planTriples, type TriplePlan } from './decide/triple-plan.ts';
import type {
  AccessRequest,
  Circumstances,
  LimitUse,
  PreparedRequest,
  Risk,
  Verdict,
} from './decide/types.ts';
import { deniedAs } from './decide/verdicts.ts';
import { type ExplainOptions, explainInput, explainUndeclared } from './explain/explain.ts';
import type { Explanation } from './explain/types.ts';

/** A bundle, compiled: it answers questions and keeps nothing between them. */
export interface Engine {
  readonly bundle: CheckedBundle;
  /** Turns a question from outside into values of their declared types. */
  prepare(request: AccessRequest): PreparedRequest;
  decide(request: PreparedRequest, facts: FactView, circumstances: Circumstances): Verdict;
  /** The same verdict as `decide`, and why. */
  explain(
    request: PreparedRequest,
    facts: FactView,
    circumstances: Circumstances,
    options?: ExplainOptions,
  ): Explanation;
  /** What the request takes from each limit in whose scope it is, by layer and in the order of the text. */
  limitUses(request: PreparedRequest, facts: FactView, circumstances: Circumstances): readonly LimitUse[];
  /** The risk that the signals make up, whatever the circumstances say of it. */
  assessRisk(request: PreparedRequest, facts: FactView, circumstances: Circumstances): Risk;
  /** Everything that a decision of this kind may read. */
  readSet(triple: Triple): ReadSet;
}

export interface EngineOptions {
  /**
   * How often closures answer, and a loop reads attributes, before a function is written for it; Infinity: they always do.
   * Records within attributes are read by what all engines of the bundle share.
   */
  readonly writeAfter?: number;
}

/** Compiles a checked bundle. */
export function createEngine(bundle: CheckedBundle, { writeAfter }: EngineOptions = {}): Engine {
  const compiler = new Compiler(bundle, undefined, writeAfter);
  const plans = planTriples(bundle, compiler);
  const reader = new RequestReader(bundle, writeAfter);
  let recording: Compiler | undefined;
  const tools: DecideTools = {
    schema: bundle,
    compiler,
    recording: () => {
      recording ??= new Compiler(bundle, compiler);
      return recording;
    },
  };
  const planOf = (request: PreparedRequest): TriplePlan | undefined =>
    request.triple === undefined ? undefined : plans[request.triple.index];
  return {
    bundle,
    prepare: (request) => reader.read(request),
    decide: (request, facts, circumstances) => {
      const plan = planOf(request);
      if (plan === undefined) return deniedAs('unknown_action');
      return decideInput(plan, inputOf(plan, { request, facts, circumstances }), tools);
    },
    explain: (request, facts, circumstances, options) => {
      const plan = planOf(request);
      if (plan === undefined) return explainUndeclared(bundle, request);
      return explainInput(plan, { request, facts, circumstances }, bundle, tools, options);
    },
    limitUses: (request, facts, circumstances) => {
      const plan = planOf(request);
      if (plan === undefined || plan.limits.length === 0) return [];
      const input = inputOf(plan, { request, facts, circumstances });
      return plan.limits.map(({ limit, use }) => ({ limit, ...use(input) }));
    },
    assessRisk: (request, facts, circumstances) => {
      const plan = planOf(request);
      return plan === undefined
        ? { low: 0, high: 0 }
        : plan.assessRisk(inputOf(plan, { request, facts, circumstances }));
    },
    readSet: (triple) => {
      const plan = plans[triple.index];
      if (plan === undefined) throw new RangeError(`no triple ${triple.key} in this bundle`);
      return plan.readSet();
    },
  };
}
