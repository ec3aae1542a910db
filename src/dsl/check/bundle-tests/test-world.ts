import type { ResolvedActions } from '../actions.ts';
import type { LayerDraft } from '../layers.ts';
import type { ResolvedSchema } from '../resolve-schema.ts';

/** What tests may name. */
export interface TestWorld {
  readonly schema: ResolvedSchema;
  readonly actions: ResolvedActions;
  /** The actions that a name stands for: one, or those of a set; undefined of what is neither. */
  readonly actionsOf: (name: string) => readonly string[] | undefined;
  readonly claims: readonly string[];
  readonly layers: readonly LayerDraft[];
  readonly modes: ReadonlyMap<string, unknown>;
  readonly overrides: ReadonlyMap<string, unknown>;
  readonly limits: ReadonlyMap<string, unknown>;
}
