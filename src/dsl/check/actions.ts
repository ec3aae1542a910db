import type { ActionDeclaration, Attribute } from '../syntax/ast.ts';
import type { AttributeInfo } from '../types/schema.ts';
import type { ActionInfo, Triple } from './bundle.ts';
import { type Findings, firstDeclared } from './findings.ts';
import { ValueReader } from './read-value.ts';
import { type ResolvedSchema, resolveAttributes } from './resolve-schema.ts';
import type { TypeResolver } from './resolve-type.ts';
import { MAXIMUM_TRIPLES } from './size.ts';
import type { Symbols } from './symbols.ts';

export interface ResolvedActions {
  readonly contextAttributes: ReadonlyMap<string, AttributeInfo>;
  readonly actions: ReadonlyMap<string, ActionInfo>;
  readonly actionsBySpelling: ReadonlyMap<string, string>;
  readonly triples: readonly Triple[];
  readonly triplesByKey: ReadonlyMap<string, Triple>;
  /** Attributes whose type is not valid: `context.NAME` and `action.NAME`. */
  readonly poisoned: ReadonlySet<string>;
}

interface Draft {
  readonly action: string;
  readonly subject: string;
  readonly resource: string;
  readonly isNew: boolean;
  readonly declarations: ActionDeclaration[];
}

/** Resolves which triples are declared; repeated declarations of an action add up. */
export function resolveActions(
  symbols: Symbols,
  schema: ResolvedSchema,
  types: TypeResolver,
  findings: Findings,
): ResolvedActions {
  const values = new ValueReader(schema, findings, undefined);
  const poisoned = new Set<string>();
  const resolve = (attributes: readonly Attribute[], of: string): Map<string, AttributeInfo> =>
    resolveAttributes(attributes, types, values, findings, { of, storage: undefined, poisoned });

  const contextAttributes = new Map<string, AttributeInfo>();
  for (const declaration of symbols.contexts) {
    addAttributes(contextAttributes, resolve(declaration.attributes, 'context'), '`context`', findings);
  }
  const { actions, actionsBySpelling } = resolveNames(symbols, findings);
  const drafts = draftTriples(symbols, schema, actions, findings);

  // Attributes of a declaration are resolved once; triples that the same declarations made share their maps.
  const own = new Map<
    ActionDeclaration,
    { attributes: Map<string, AttributeInfo>; context: Map<string, AttributeInfo> }
  >();
  for (const declaration of symbols.actions) {
    own.set(declaration, {
      attributes: resolve(declaration.attributes, 'action'),
      context: resolve(declaration.context, 'context'),
    });
  }
  const numbers = new Map(symbols.actions.map((declaration, index) => [declaration, index]));
  const shapes = new Map<
    string,
    { attributes: ReadonlyMap<string, AttributeInfo>; context: ReadonlyMap<string, AttributeInfo> }
  >();
  const shapeOf = (draft: Draft) => {
    const withAttributes = draft.declarations.filter(
      (one) => one.attributes.length > 0 || one.context.length > 0,
    );
    const key = withAttributes.map((one) => numbers.get(one)).join();
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const attributes = new Map<string, AttributeInfo>();
    let context: Map<string, AttributeInfo> | undefined;
    for (const declaration of withAttributes) {
      const added = own.get(declaration);
      if (added === undefined) continue;
      addAttributes(attributes, added.attributes, `action \`${draft.action}\``, findings);
      if (added.context.size === 0) continue;
      context ??= new Map(contextAttributes);
      addAttributes(context, added.context, `the context of action \`${draft.action}\``, findings);
    }
    const shape = { attributes, context: context ?? contextAttributes };
    shapes.set(key, shape);
    return shape;
  };

  const triples: Triple[] = [];
  for (const [key, draft] of drafts) {
    const shape = shapeOf(draft);
    const { action, subject, resource, isNew } = draft;
    triples.push({
      key,
      action,
      subject,
      resource,
      isNew,
      actionAttributes: shape.attributes,
      contextAttributes: shape.context,
      index: triples.length,
    });
  }
  return {
    contextAttributes,
    actions,
    actionsBySpelling,
    triples,
    triplesByKey: new Map(triples.map((triple) => [triple.key, triple])),
    poisoned,
  };
}

function addAttributes(
  into: Map<string, AttributeInfo>,
  added: ReadonlyMap<string, AttributeInfo>,
  of: string,
  findings: Findings,
): void {
  for (const [name, info] of added) {
    const first = into.get(name);
    if (first === undefined) {
      into.set(name, info);
      continue;
    }
    const span = info.declaration?.name.span;
    if (span === undefined || first === info) continue;
    const related = first.declaration === undefined ? [] : firstDeclared(first.declaration.name.span);
    findings.report('conflictingAttribute', span, { attribute: name, of }, related);
  }
}

function resolveNames(
  symbols: Symbols,
  findings: Findings,
): { actions: Map<string, ActionInfo>; actionsBySpelling: Map<string, string> } {
  const spellings = new Map<string, ActionDeclaration['actions'][number]>();
  const documentation = new Map<string, string | undefined>();
  for (const declaration of symbols.actions) {
    for (const written of declaration.actions) {
      const name = written.name.text;
      if (symbols.actionSets.has(name) || name === 'any' || name === 'manage') continue;
      documentation.set(name, documentation.get(name) ?? declaration.documentation);
      const first = spellings.get(name);
      if (first === undefined || first.spelling === undefined) spellings.set(name, written);
      else if (written.spelling !== undefined && written.spelling.value !== first.spelling.value) {
        const args = { action: name, spelling: written.spelling.value, other: `"${first.spelling.value}"` };
        findings.report(
          'conflictingSpelling',
          written.spelling.span,
          args,
          firstDeclared(first.spelling.span),
        );
      }
    }
  }
  const actions = new Map<string, ActionInfo>();
  const actionsBySpelling = new Map<string, string>();
  for (const [name, written] of spellings) {
    const spelling = written.spelling?.value ?? name;
    const other = actionsBySpelling.get(spelling);
    if (other === undefined) actionsBySpelling.set(spelling, name);
    else {
      const args = { action: name, spelling, other: `that of \`${other}\`` };
      findings.report(
        'conflictingSpelling',
        written.span,
        args,
        firstDeclared((spellings.get(other) ?? written).span),
      );
    }
    actions.set(name, { name, spelling, documentation: documentation.get(name) });
  }
  return { actions, actionsBySpelling };
}

function draftTriples(
  symbols: Symbols,
  schema: ResolvedSchema,
  actions: ReadonlyMap<string, ActionInfo>,
  findings: Findings,
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  const novelty = new Map<string, ActionDeclaration>();
  const reported = new Set<string>();
  let declared = 0;
  for (const declaration of symbols.actions) {
    const known = (names: ActionDeclaration['subjects']): string[] =>
      names.flatMap((name) => {
        if (schema.entities.has(name.text)) return [name.text];
        const suggestion = findings.nearest(name.text, schema.entities.keys());
        findings.report('unknownType', name.span, { name: name.text, suggestion });
        return [];
      });
    const resources = known(declaration.resources);
    const subjects = known(declaration.subjects);
    declared += declaration.actions.length * resources.length * subjects.length;
    if (declared > MAXIMUM_TRIPLES) {
      const what = 'combinations of an action, a resource type and a subject type';
      findings.report('bundleTooLarge', declaration.span, { what, most: MAXIMUM_TRIPLES });
      return drafts;
    }
    for (const { name } of declaration.actions) {
      const action = name.text;
      if (!actions.has(action)) continue;
      for (const resource of resources) {
        const first = novelty.get(`${action}|${resource}`);
        if (first === undefined) novelty.set(`${action}|${resource}`, declaration);
        else if (first.isNew !== declaration.isNew && !reported.has(`${action}|${resource}`)) {
          reported.add(`${action}|${resource}`);
          findings.report(
            'newAndNotNew',
            declaration.span,
            { action, type: resource },
            firstDeclared(first.span),
          );
        }
        for (const subject of subjects) {
          const key = `${action}|${subject}|${resource}`;
          const draft = drafts.get(key);
          if (draft === undefined) {
            drafts.set(key, {
              action,
              subject,
              resource,
              isNew: declaration.isNew,
              declarations: [declaration],
            });
          } else if (draft.declarations.at(-1) !== declaration) draft.declarations.push(declaration);
        }
      }
    }
  }
  return drafts;
}
