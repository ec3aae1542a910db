import type { ValueStep } from '../../../engine/compile/value-steps.ts';
import type { IdExpression } from './id-spelling.ts';

/** A way into a value of type jsonb: what stands at its end, and what a FROM must list for it. */
export interface JsonPath {
  readonly sql: string;
  /** In the order in which they build on each other. */
  readonly from: readonly string[];
  /** Whether what stands there is the text of a key. */
  readonly isKey: boolean;
}

export interface JsonTerms {
  text(value: string): string;
  alias(): string;
}

/** Goes steps into a value; where the value has no such parts, there are none. */
export function jsonPath(value: string, steps: readonly ValueStep[], terms: JsonTerms): JsonPath {
  const from: string[] = [];
  let sql = value;
  let isKey = false;
  for (const step of steps) {
    isKey = false;
    if (step.kind === 'field') {
      sql = `(${sql} -> ${terms.text(step.name)})`;
      continue;
    }
    const alias = terms.alias();
    if (step.kind === 'element') {
      from.push(
        `jsonb_array_elements(case when jsonb_typeof(${sql}) = 'array' then ${sql} else '[]' end) as ${alias}(v)`,
      );
      sql = `${alias}.v`;
    } else {
      from.push(
        `jsonb_each(case when jsonb_typeof(${sql}) = 'object' then ${sql} else '{}' end) as ${alias}(k, v)`,
      );
      isKey = step.kind === 'key';
      sql = isKey ? `${alias}.k` : `${alias}.v`;
    }
  }
  return { sql, from, isKey };
}

/**
 * The id of a reference in JSON: a string, a number, or an object with one of these as `id`. A reference to one of
 * several types is of this entity only if it says so.
 */
export function jsonId(value: string, entity: string, isUnion: boolean, terms: JsonTerms): IdExpression {
  const id = `(case when jsonb_typeof(${value}) = 'object' then ${value} -> 'id' else ${value} end)`;
  const sql = `(case jsonb_typeof(${id}) when 'string' then ${id} #>> '{}'
    when 'number' then trim_scale((${id} #>> '{}')::numeric)::text end)`;
  const guard = isUnion ? `${value} ->> 'type' = ${terms.text(entity)}` : undefined;
  return { sql, keyClass: 'text', guard };
}

/** The id that a key of a JSON object is; of several types it is spelt `type:id`. */
export function jsonKeyId(key: string, entity: string, isUnion: boolean, terms: JsonTerms): IdExpression {
  if (!isUnion) return { sql: key, keyClass: 'text', guard: undefined };
  return {
    sql: `substr(${key}, strpos(${key}, ':') + 1)`,
    keyClass: 'text',
    guard: `split_part(${key}, ':', 1) = ${terms.text(entity)}`,
  };
}
