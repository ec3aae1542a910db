import type { Chance } from './generate-chance.ts';
import type { Roots } from './generate-paths.ts';
import type { ActionModel, Field, SchemaModel } from './generate-schema.ts';

/** A scope that covers something, and what conditions about all of it may read. */
export interface ScopeModel {
  readonly text: string;
  /** Without the part that grants of roles do not have. */
  readonly withoutSubjects: string;
  readonly roots: Roots;
}

/** Chooses no attribute that only some of the types have. */
export const NONE = (): undefined => undefined;

/** A scope that covers something; `permits` leaves out what only a name permits. */
export function generateScope(
  chance: Chance,
  schema: SchemaModel,
  permits: boolean,
  form: 'rule' | 'grant',
): ScopeModel {
  const { actions, actionSets } = schema;
  for (;;) {
    const setNames = [...actionSets.keys()];
    const names: string[] | 'any' = chance.percent(30)
      ? 'any'
      : setNames.length > 0 && chance.percent(20)
        ? [chance.pick(setNames)]
        : chance.some(actions, chance.integer(1, 2)).map((one) => one.name);
    const resources: string[] | 'any' = chance.percent(30)
      ? 'any'
      : chance.some(['doc', 'folder', 'team'], chance.integer(1, 2));
    const subjects: string[] | 'any' | undefined =
      form === 'grant' || chance.percent(45)
        ? undefined
        : chance.percent(15)
          ? 'any'
          : chance.some(['user', 'service'], chance.weighted([[4, 1] as const, [1, 2] as const]));
    const covered = coveredBy(schema, permits, names, resources, subjects);
    if (covered.length === 0) continue;
    const list = (one: readonly string[] | 'any'): string => (one === 'any' ? 'any' : one.join(', '));
    const withoutSubjects = `${list(names)} on ${list(resources)}`;
    return {
      text: subjects === undefined ? withoutSubjects : `${withoutSubjects} by ${list(subjects)}`,
      withoutSubjects,
      // Who cannot hold a role is never asked for more.
      roots: { ...rootsOf(schema, covered), uncommon: form === 'grant' ? NONE : oneUncommon(chance) },
    };
  }
}

/** Always the same one of the candidates that it was first asked about. */
function oneUncommon(chance: Chance): Roots['uncommon'] {
  let chosen: string | undefined;
  return (candidates) => {
    if (candidates.length > 0) chosen ??= chance.pick(candidates);
    return chosen;
  };
}

/** The actions that a name stands for. */
function membersOf(schema: SchemaModel, name: string): string[] {
  const members = schema.actionSets.get(name);
  return members === undefined ? [name] : members.flatMap((one) => membersOf(schema, one));
}

/** The declared combinations that a scope names. */
export function coveredBy(
  schema: SchemaModel,
  permits: boolean,
  names: readonly string[] | 'any',
  resources: readonly string[] | 'any',
  subjects: readonly string[] | 'any' | undefined,
): { readonly action: ActionModel; readonly resource: string; readonly subject: string }[] {
  const actions = names === 'any' ? 'any' : names.flatMap((one) => membersOf(schema, one));
  const isIn = (list: readonly string[] | 'any' | undefined, one: string): boolean =>
    list === undefined || list === 'any' || list.includes(one);
  return schema.actions.flatMap((action) => {
    if (!isIn(actions, action.name) || (actions === 'any' && permits && action.isNew)) return [];
    return action.resources.flatMap((resource) =>
      action.subjects.flatMap((subject) =>
        isIn(resources, resource) && isIn(subjects, subject) ? [{ action, resource, subject }] : [],
      ),
    );
  });
}

/** What conditions over these combinations can all read. */
export function rootsOf(schema: SchemaModel, covered: ReturnType<typeof coveredBy>): Omit<Roots, 'uncommon'> {
  const unique = (list: readonly string[]): string[] => [...new Set(list)];
  const common = (of: (action: ActionModel) => readonly Field[]): Field[] => {
    const [first, ...others] = covered.map(({ action }) => of(action));
    return (first ?? []).filter((one) => others.every((list) => list.includes(one)));
  };
  const context = common((action) => action.context);
  return {
    subjects: unique(covered.map((one) => one.subject)),
    resources: unique(covered.map((one) => one.resource)),
    context: [
      ...schema.context,
      ...context.filter((one) => !schema.context.some(({ name }) => name === one.name)),
    ],
    action: common((action) => action.attributes),
  };
}
