import type { CheckedBundle, Triple } from '../../../dsl/check/bundle.ts';
import { type RecordTree, recordTreeOf } from '../../../engine/compile/record-tree.ts';
import type { PreparedRequest } from '../../../engine/decide/types.ts';
import type { TableColumns } from './describe-tables.ts';
import { type FactStatement, makeFactStatement, seedsOf } from './fact-statement.ts';
import { type SeedPoint, seedPointsOf } from './seed-points.ts';

/** Of one kind of question at most so many statements are kept; what else is asked goes into the one that asks for all. */
const MOST_VARIANTS = 16;

/** What is known of the questions of one kind. */
interface TripleStatements {
  readonly tree: RecordTree;
  readonly points: readonly SeedPoint[];
  readonly variants: Map<string, FactStatement | undefined>;
}

/** The statements that load the facts of a bundle, each made when it is first needed. */
export class BundleStatements {
  readonly #bundle: CheckedBundle;
  readonly #tables: TableColumns;
  readonly #triples: (TripleStatements | undefined)[] = [];

  constructor(bundle: CheckedBundle, tables: TableColumns) {
    this.#bundle = bundle;
    this.#tables = tables;
  }

  /** The statement for these questions of one kind; undefined where there is nothing to ask. Throws a `MappingError`. */
  of(triple: Triple, requests: readonly PreparedRequest[], shape: 'one' | 'many'): FactStatement | undefined {
    const known = this.#known(triple);
    // Most requests name nothing but the subject and the resource: their statement is without the rest.
    const used = known.points.map((point) => !seedsOf(point, requests).next().done);
    let key: string = shape + used.map((one) => (one ? '1' : '0')).join('');
    let points: readonly SeedPoint[] = known.points.filter((_, index) => used[index]);
    if (!known.variants.has(key) && known.variants.size >= MOST_VARIANTS) {
      key = `${shape} all`;
      ({ points } = known);
    }
    if (!known.variants.has(key)) {
      const { tree } = known;
      const options = { bundle: this.#bundle, triple, tree, tables: this.#tables, points, shape };
      known.variants.set(key, makeFactStatement(options));
    }
    return known.variants.get(key);
  }

  /**
   * The statement for questions of one kind that name no records but subjects and resources, which also says what state it
   * saw; undefined where there is nothing to ask. Throws a `MappingError`.
   */
  withSnapshot(triple: Triple, shape: 'one' | 'many'): FactStatement | undefined {
    const { tree, variants } = this.#known(triple);
    const key = `${shape} with snapshot`;
    if (!variants.has(key)) {
      const options = { bundle: this.#bundle, triple, tree, tables: this.#tables, points: [], shape };
      variants.set(key, makeFactStatement({ ...options, withSnapshot: true }));
    }
    return variants.get(key);
  }

  /** Whether a question, or the policy, names records besides the subject and the resource. */
  namesMore(triple: Triple, request: PreparedRequest): boolean {
    return this.#known(triple).points.some((point) => seedsOf(point, [request]).next().done !== true);
  }

  /** Makes the statements of questions that name nothing but the subject and the resource. Throws a `MappingError`. */
  makeAll(): void {
    for (const triple of this.#bundle.triples) this.of(triple, [], 'one');
  }

  #known(triple: Triple): TripleStatements {
    let known = this.#triples[triple.index];
    if (known === undefined) {
      const tree = recordTreeOf(this.#bundle, triple);
      known = { tree, points: seedPointsOf(tree, triple, this.#bundle), variants: new Map() };
      this.#triples[triple.index] = known;
    }
    return known;
  }
}
