import { decoderOf } from './decode.ts';
import type { DecodeReport, Path } from './decode-report.ts';
import { type Field, type RecordReader, recordReader } from './records/read-record.ts';
import type { AttributeInfo, Schema } from './schema.ts';
import { type RecordValue, UNKNOWN } from './values.ts';

/** Attributes as they come in JSON, and whether they are taken at all. */
export interface DecodeAttributesOptions {
  /**
   * Attributes for which this is false are treated as if they were not declared, and not filled in. It is asked once
   * for each attribute and remembered, so it should be a function of the module, and hang on the attribute alone.
   */
  readonly takes?: Takes;
}

type Takes = (attribute: AttributeInfo) => boolean;

const takesAll: Takes = () => true;

/**
 * A record of declared attributes, read by their spelling or else their name: required ones that are missing are UNKNOWN unless they have
 * a default, optional ones that are missing are not there, undeclared ones are ignored and reported.
 */
export function decodeAttributes(
  json: Readonly<Record<string, unknown>>,
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
  path: Path,
  report: DecodeReport,
  options: DecodeAttributesOptions = {},
): RecordValue {
  return readerOf(attributes, schema, options.takes ?? takesAll)(json, path, report);
}

/** {@link decodeAttributes} of these attributes, which are read again and again; a function is written for them after so many times. */
export function attributesDecoder(
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
  writeAfter?: number,
): RecordReader {
  return recordReader(fieldsOf(attributes, schema, takesAll), writeAfter);
}

const readers = new WeakMap<
  Schema,
  WeakMap<ReadonlyMap<string, AttributeInfo>, WeakMap<Takes, RecordReader>>
>();

function readerOf(
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
  takes: Takes,
): RecordReader {
  let ofSchema = readers.get(schema);
  if (ofSchema === undefined) readers.set(schema, (ofSchema = new WeakMap()));
  let ofAttributes = ofSchema.get(attributes);
  if (ofAttributes === undefined) ofSchema.set(attributes, (ofAttributes = new WeakMap()));
  let reader = ofAttributes.get(takes);
  if (reader === undefined)
    ofAttributes.set(takes, (reader = recordReader(fieldsOf(attributes, schema, takes))));
  return reader;
}

function fieldsOf(
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
  takes: Takes,
): readonly Field[] {
  const spellings = new Set([...attributes.values()].map(({ spelling }) => spelling));
  return [...attributes.values()].filter(takes).map(({ name, spelling, type, default: value, optional }) => ({
    name,
    spelling,
    alias: spellings.has(name) ? undefined : name,
    decoder: decoderOf(type, schema),
    otherwise: value ?? (optional ? undefined : UNKNOWN),
  }));
}
