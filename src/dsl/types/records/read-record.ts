import { WRITE_AFTER } from '../../function-writer.ts';
import { type DecodeReport, note, type Path, within } from '../decode-report.ts';
import { emptyRecord, type Outcome, type RecordValue } from '../values.ts';
import { writeRecordReader } from './write-record-reader.ts';

/** How one attribute is read. */
export interface Field {
  readonly name: string;
  readonly spelling: string;
  /** The name in the policy, where it is another and spells no other attribute: it is read where the spelling is not there. */
  readonly alias: string | undefined;
  /** Makes nothing of `undefined`, as of `null`: what holds it is absent. */
  readonly decoder: (json: unknown, path: Path, report: DecodeReport) => Outcome;
  /** What an absent value leaves. */
  readonly otherwise: Outcome;
}

/** Reads records of the same attributes again and again. */
export type RecordReader = (
  json: Readonly<Record<string, unknown>>,
  path: Path,
  report: DecodeReport,
) => RecordValue;

/**
 * A reader of records with these attributes: own properties alone are read, and what is left of them is ignored and
 * reported. A loop reads at first, and once it did so often a function that is written for these attributes, in
 * processes that make code of text. What has a path is always read by the loop: it is read a second time, to report.
 */
export function recordReader(fields: readonly Field[], writeAfter: number = WRITE_AFTER): RecordReader {
  const spellings = new Set(fields.map(({ spelling }) => spelling));
  const spelledOtherwise = new Map(
    fields.flatMap(({ spelling, alias }) => (alias === undefined ? [] : [[alias, spelling]])),
  );
  const noteRest: NoteRest = (json, keys, path, report) => {
    for (const key of keys) {
      const spelling = spelledOtherwise.get(key);
      const isRead = spellings.has(key) || (spelling !== undefined && !Object.hasOwn(json, spelling));
      if (!isRead) note(report.ignored, within(path, key));
    }
  };
  let read = 0;
  let written: RecordReader | undefined;
  return (json, path, report) => {
    if (path !== undefined) return readFields(json, fields, noteRest, path, report);
    if (read <= writeAfter) {
      if (read === writeAfter) written = writeRecordReader(fields, noteRest);
      read += 1;
    }
    return written === undefined
      ? readFields(json, fields, noteRest, path, report)
      : written(json, path, report);
  };
}

/** Reports the keys that no attribute was read from. */
export type NoteRest = (
  json: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  path: Path,
  report: DecodeReport,
) => void;

function readFields(
  json: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
  noteRest: NoteRest,
  path: Path,
  report: DecodeReport,
): RecordValue {
  const record = emptyRecord();
  let used = 0;
  for (const { name, spelling, alias, decoder, otherwise } of fields) {
    let value: Outcome;
    if (Object.hasOwn(json, spelling)) {
      used += 1;
      value = decoder(json[spelling], within(path, spelling), report);
    } else if (alias !== undefined && Object.hasOwn(json, alias)) {
      used += 1;
      value = decoder(json[alias], within(path, alias), report);
    }
    if (value === undefined) value = otherwise;
    if (value !== undefined) record[name] = value;
  }
  // Keys are only compared one by one where there are more than were used.
  const keys = Object.keys(json);
  if (keys.length > used) noteRest(json, keys, path, report);
  return record;
}
