import type { Span } from '../source/source-text.ts';
import type { Name, Scope } from '../syntax/ast.ts';
import type { Schema } from '../types/schema.ts';
import type { ResolvedActions } from './actions.ts';
import type { Triple } from './bundle.ts';
import type { Findings } from './findings.ts';
import { MAXIMUM_COVERAGE, MAXIMUM_SET_DEPTH } from './size.ts';
import type { Symbols } from './symbols.ts';

/** Says which declared triples a scope covers. */
export class ScopeResolver {
  readonly #symbols: Symbols;
  readonly #schema: Schema;
  readonly #actions: ResolvedActions;
  readonly #findings: Findings;
  readonly #sets = new Map<string, readonly string[]>();
  readonly #memo = new Map<string, readonly Triple[]>();
  readonly #byAction: ReadonlyMap<string, readonly Triple[]>;
  readonly #byResource: ReadonlyMap<string, readonly Triple[]>;
  readonly #bySubject: ReadonlyMap<string, readonly Triple[]>;
  /** Names that are declared as actions, also where they were refused. */
  readonly #declared: ReadonlySet<string>;
  readonly #depths = new Map<string, number>();
  #isTooDeep = false;
  #coverage = 0;

  constructor(symbols: Symbols, schema: Schema, actions: ResolvedActions, findings: Findings) {
    this.#symbols = symbols;
    this.#schema = schema;
    this.#actions = actions;
    this.#findings = findings;
    this.#byAction = Map.groupBy(actions.triples, (triple) => triple.action);
    this.#byResource = Map.groupBy(actions.triples, (triple) => triple.resource);
    this.#bySubject = Map.groupBy(actions.triples, (triple) => triple.subject);
    this.#declared = new Set(symbols.actions.flatMap((one) => one.actions.map(({ name }) => name.text)));
    for (const [name, { span }] of symbols.actionSets) {
      const size = this.#expandSet(name, []).length;
      if (!this.#takes(size, span)) return;
    }
  }

  /** Counts what is covered; false, after one report, once that is too much. */
  #takes(count: number, span: Span): boolean {
    const isOver = this.#coverage > MAXIMUM_COVERAGE;
    this.#coverage += count;
    if (this.#coverage <= MAXIMUM_COVERAGE) return true;
    const what = 'cases: what scopes cover, taken together';
    if (!isOver) this.#findings.report('bundleTooLarge', span, { what, most: MAXIMUM_COVERAGE });
    return false;
  }

  /** The actions of a set and of the sets within it; `within` are the sets that led here. */
  #expandSet(name: string, within: readonly string[]): readonly string[] {
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const path = [...within, name];
    const members = new Set<string>();
    let depth = 1;
    for (const member of this.#symbols.actionSets.get(name)?.actions ?? []) {
      const start = path.indexOf(member.text);
      if (this.#actions.actions.has(member.text)) members.add(member.text);
      else if (start >= 0) {
        const cycle = [...path.slice(start), member.text];
        this.#findings.report('actionSetCycle', member.span, { cycle });
      } else if (this.#symbols.actionSets.has(member.text)) {
        if (path.length <= MAXIMUM_SET_DEPTH)
          for (const action of this.#expandSet(member.text, path)) members.add(action);
        depth = Math.max(depth, 1 + (this.#depths.get(member.text) ?? MAXIMUM_SET_DEPTH));
      } else this.#reportAction(member);
    }
    if (depth > MAXIMUM_SET_DEPTH && !this.#isTooDeep) {
      this.#isTooDeep = true;
      const span = this.#symbols.actionSets.get(name)?.name.span;
      const what = 'levels of sets of actions within each other';
      if (span !== undefined)
        this.#findings.report('bundleTooLarge', span, { what, most: MAXIMUM_SET_DEPTH });
    }
    const expanded = [...members];
    this.#sets.set(name, expanded);
    this.#depths.set(name, depth);
    return expanded;
  }

  /**
   * The triples, in their order. Of what grants (`permits`), `any` leaves out `new` actions: those are permitted by
   * name only. Undefined after a report.
   */
  resolve(scope: Scope, permits: boolean): readonly Triple[] | undefined {
    const key = `${permits ? 'permit' : 'forbid'}|${textOf(scope.actions)}|${textOf(scope.resources)}|${textOf(scope.subjects ?? 'any')}`;
    const known = this.#memo.get(key);
    if (known !== undefined) return this.#takes(known.length, scope.span) ? known : undefined;
    const actions = scope.actions === 'any' ? undefined : this.#actionNames(scope.actions);
    const resources = scope.resources === 'any' ? undefined : this.#typeNames(scope.resources);
    const subjects =
      scope.subjects === undefined || scope.subjects === 'any' ? undefined : this.#typeNames(scope.subjects);
    if (actions === null || resources === null || subjects === null) return undefined;
    const covered: Triple[] = [];
    const consider = (triple: Triple): void => {
      if (actions === undefined ? permits && triple.isNew : !actions.has(triple.action)) return;
      if (resources !== undefined && !resources.has(triple.resource)) return;
      if (subjects !== undefined && !subjects.has(triple.subject)) return;
      covered.push(triple);
    };
    for (const triples of this.#candidates(actions, resources, subjects)) {
      if (!this.#takes(triples.length, scope.span)) return undefined;
      for (const triple of triples) consider(triple);
    }
    covered.sort((a, b) => a.index - b.index);
    if (covered.length === 0) {
      this.#reportEmpty(scope, permits, actions, resources, subjects);
      return undefined;
    }
    this.#memo.set(key, covered);
    return covered;
  }

  /** Lists that hold all triples that a scope could cover, as few as is quickly told. */
  #candidates(
    actions: ReadonlySet<string> | undefined,
    resources: ReadonlySet<string> | undefined,
    subjects: ReadonlySet<string> | undefined,
  ): (readonly Triple[])[] {
    const chosen: readonly (readonly [
      ReadonlyMap<string, readonly Triple[]>,
      ReadonlySet<string> | undefined,
    ])[] = [
      [this.#byAction, actions],
      [this.#byResource, resources],
      [this.#bySubject, subjects],
    ];
    let best: (readonly Triple[])[] = [this.#actions.triples];
    let fewest = this.#actions.triples.length;
    for (const [index, names] of chosen) {
      if (names === undefined) continue;
      const lists = [...names].map((name) => index.get(name) ?? []);
      const size = lists.reduce((sum, list) => sum + list.length, 0);
      if (size <= fewest) [best, fewest] = [lists, size];
    }
    return best;
  }

  /** The actions that a name stands for: one, or those of a set. */
  actionsOf(name: string): readonly string[] | undefined {
    return this.#sets.get(name) ?? (this.#actions.actions.has(name) ? [name] : undefined);
  }

  #actionNames(names: readonly Name[]): Set<string> | null {
    const found = new Set<string>();
    let complete = true;
    for (const name of names) {
      const actions = this.actionsOf(name.text);
      if (actions === undefined) {
        this.#reportAction(name);
        complete = false;
      } else for (const action of actions) found.add(action);
    }
    return complete ? found : null;
  }

  #typeNames(names: readonly Name[]): Set<string> | null {
    let complete = true;
    for (const name of names) {
      if (this.#schema.entities.has(name.text)) continue;
      complete = false;
      const suggestion = this.#findings.nearest(name.text, this.#schema.entities.keys());
      this.#findings.report('unknownType', name.span, { name: name.text, suggestion });
    }
    return complete ? new Set(names.map((name) => name.text)) : null;
  }

  #reportAction(name: Name): void {
    // A name that was refused where it was declared is not reported again.
    if (this.#declared.has(name.text)) return;
    const suggestion = this.#findings.nearest(name.text, [
      ...this.#actions.actions.keys(),
      ...this.#symbols.actionSets.keys(),
    ]);
    this.#findings.report('unknownAction', name.span, { name: name.text, suggestion });
  }

  #reportEmpty(
    scope: Scope,
    permits: boolean,
    actions: ReadonlySet<string> | undefined,
    resources: ReadonlySet<string> | undefined,
    subjects: ReadonlySet<string> | undefined,
  ): void {
    const triples = this.#actions.triples;
    if (triples.length === 0) {
      const help = 'declare what can be done: `action read on document by user`';
      this.#findings.report('emptyScope', scope.span, { reason: 'the bundle declares no actions', help });
      return;
    }
    const fits = triples.filter(
      (triple) =>
        (resources === undefined || resources.has(triple.resource)) &&
        (subjects === undefined || subjects.has(triple.subject)),
    );
    if (actions === undefined && permits && fits.length > 0) {
      const names = unique(fits.map((triple) => triple.action)).join(', ');
      this.#findings.report('emptyScope', scope.span, {
        reason: '`any` never permits an action on what does not exist yet, and here all are `new`',
        help: `name them: \`${names}\``,
      });
      return;
    }
    const asked = actions === undefined ? triples : triples.filter((triple) => actions.has(triple.action));
    const places = unique(asked.map((triple) => `on ${triple.resource} by ${triple.subject}`)).slice(0, 5);
    const shown =
      actions === undefined ? 'actions are' : `${[...actions].map((one) => `\`${one}\``).join(', ')} is`;
    this.#findings.report('emptyScope', scope.span, {
      reason: 'no declared action has these types',
      help:
        places.length === 0 ? undefined : `${shown} declared ${places.map((one) => `\`${one}\``).join(', ')}`,
    });
  }
}

function textOf(names: readonly Name[] | 'any'): string {
  return names === 'any' ? '*' : names.map((name) => name.text).join();
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted();
}
