import { encode, setField } from '../../dsl/types/encode.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import type { Type } from '../../dsl/types/types.ts';
import type { Outcome, RecordValue } from '../../dsl/types/values.ts';
import { type JsonRecord, type Redaction, redact } from './redact.ts';
import type { ValueHash } from './value-hash.ts';

/** Makes a value JSON; undefined where nothing of it may be written. */
export type ValueEncoder = (value: Outcome) => unknown;

/** What the encoders of one bundle have in common. */
export interface EncoderTools {
  readonly schema: Schema;
  readonly hashValue: ValueHash;
}

type Attributes = Iterable<readonly [string, { readonly type: Type }]>;

/**
 * Makes records JSON, redacted as {@link redact} would do it afterwards: what each line of the policy means for each
 * attribute is found out once, and not for every record. The paths of the lines begin with names of attributes.
 */
export class RecordEncoder {
  readonly #fields: readonly { readonly name: string; readonly encode: ValueEncoder }[];

  constructor(attributes: Attributes, redactions: readonly Redaction[], tools: EncoderTools) {
    this.#fields = Array.from(attributes, ([name, { type }]) => ({
      name,
      encode: fieldEncoder(name, type, below(name, redactions), tools),
    }));
  }

  /** The values that are there; what is unknown is null within a record, and else left out like what is absent. */
  encode(record: RecordValue, isPart = false): JsonRecord {
    const json: JsonRecord = {};
    for (const { name, encode: encodeField } of this.#fields) {
      const value = record[name];
      if (value === undefined || (typeof value === 'symbol' && !isPart)) continue;
      const encoded = encodeField(value);
      if (encoded !== undefined) setField(json, name, encoded);
    }
    return json;
  }
}

/** The lines that name an attribute or a part of it, their paths from its value on. */
export function below(name: string, redactions: readonly Redaction[]): readonly Redaction[] {
  return redactions
    .filter(({ path }) => path[0] === name)
    .map(({ path, method }) => ({ path: path.slice(1), method }));
}

/** Encodes a value under a name, given the lines that name it or a part of it. */
export function fieldEncoder(
  name: string,
  type: Type,
  redactions: readonly Redaction[],
  tools: EncoderTools,
): ValueEncoder {
  const { schema, hashValue } = tools;
  const [only, ...others] = redactions;
  if (only === undefined) return (value) => encode(value, type, schema);
  if (others.length === 0 && only.path.length === 0) {
    if (only.method === 'drop') return () => undefined;
    return (value) => {
      const json = encode(value, type, schema);
      // What is not there has nothing to hide, and a hash would look like a value.
      return json === null ? null : hashValue(json);
    };
  }
  if (type.kind === 'record' && redactions.every(({ path }) => path.length > 0)) {
    const part = new RecordEncoder(type.attributes, redactions, tools);
    return (value) => (typeof value === 'symbol' ? undefined : part.encode(value as RecordValue, true));
  }
  const paths = redactions.map(({ path, method }) => ({ path: [name, ...path], method }));
  return (value) => {
    const holder: JsonRecord = { [name]: encode(value, type, schema) };
    redact(holder, paths, hashValue);
    return Object.hasOwn(holder, name) ? holder[name] : undefined;
  };
}
