import type { RecordNode } from '../../../engine/compile/record-tree.ts';
import type { KeyClass } from './id-spelling.ts';

/** From where a parameter of a statement gets its value. */
export type ParameterSource =
  /** The id of the subject or of the resource; of several questions, an array with that of each, NULL for one said before. */
  | { readonly kind: 'subject' | 'resource'; readonly keyClass: KeyClass }
  /** Ids that the policy names, or the request, where the records of this node are looked up. */
  | { readonly kind: 'seeds'; readonly node: RecordNode; readonly keyClass: KeyClass }
  | { readonly kind: 'constant'; readonly value: string | number | boolean };

/** Collects the parameters of a statement; what is bound twice is one parameter. */
export class Parameters {
  readonly sources: ParameterSource[] = [];

  /** The parameter's place in the text; `cast` is its type, where the statement does not say it. */
  bind(source: ParameterSource, cast?: string): string {
    let index = this.sources.findIndex((one) => sameSource(one, source));
    if (index === -1) index = this.sources.push(source) - 1;
    return cast === undefined ? `$${index + 1}` : `$${index + 1}::${cast}`;
  }

  /** A value of the policy that is compared with a column, whose type it takes. */
  constant(value: string | number | boolean): string {
    // The type of a parameter is that of its first place, so that each place has a parameter of its own.
    return `$${this.sources.push({ kind: 'constant', value })}`;
  }

  /** Runs what may bind parameters and come to nothing: then they are not bound, since the text has no place for them. */
  tentatively<T>(make: () => T | undefined): T | undefined {
    const before = this.sources.length;
    const made = make();
    if (made === undefined) this.sources.length = before;
    return made;
  }

  text(value: string): string {
    return this.bind({ kind: 'constant', value }, 'text');
  }
}

function sameSource(one: ParameterSource, other: ParameterSource): boolean {
  if (one.kind === 'constant') return other.kind === 'constant' && one.value === other.value;
  if (one.kind === 'seeds') return other.kind === 'seeds' && one.node === other.node;
  return one.kind === other.kind;
}
