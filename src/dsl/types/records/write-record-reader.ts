import { FunctionWriter } from '../../function-writer.ts';
import { recordConstructor } from '../values.ts';
import type { Field, NoteRest, RecordReader } from './read-record.ts';

/** V8 does not optimize a function whose code is too long. */
const MOST_FIELDS = 100;

/**
 * A function that reads these attributes and no others, in the same order and to the same end as the loop. Each
 * attribute has code of its own, for which V8 learns where the attribute stands in what is read and in the record. Keys
 * are walked over, which costs less than to list them and counts too many at most, and listed where some may be left.
 * Undefined where there are too many, and in a process that makes no code of text.
 */
export function writeRecordReader(fields: readonly Field[], noteRest: NoteRest): RecordReader | undefined {
  if (fields.length > MOST_FIELDS) return undefined;
  const writer = new FunctionWriter();
  const parts = fields.map((field) => writeField(field, writer));
  return writer.make(
    'json, path, report',
    `const isPlain = ${writer.bind(Object.getPrototypeOf)}(json) === ${writer.bind(Object.prototype)};
     const record = new (${writer.bind(recordConstructor())})();
     let used = 0;
     let value;
     ${parts.join('\n')}
     let there = 0;
     for (const key in json) there += 1;
     if (there > used) ${writer.bind(noteRest)}(json, ${writer.bind(Object.keys)}(json), path, report);
     return record;`,
  ) as RecordReader | undefined;
}

function writeField({ name, spelling, alias, decoder, otherwise }: Field, writer: FunctionWriter): string {
  const decode = `value = ${writer.bind(decoder)}(value, undefined, report);`;
  const found = `used += 1; ${decode}`;
  const hasOwn = writer.bind(Object.hasOwn);
  // Where there is another name to look under, a property that holds nothing must be told from none.
  const read =
    alias === undefined
      ? `if (${holdsOwn(spelling, writer)}) { ${found} } else value = undefined;`
      : `if (${holdsOwn(spelling, writer)} || ${hasOwn}(json, ${writer.bind(spelling)})) { ${found} }
         else if (${holdsOwn(alias, writer)}) { ${found} } else value = undefined;`;
  const put = `record[${writer.bind(name)}] = value;`;
  return otherwise === undefined
    ? `${read}\nif (value !== undefined) ${put}`
    : `${read}\nif (value === undefined) value = ${writer.bind(otherwise)};\n${put}`;
}

/**
 * Whether an own property of this name holds something, which is then in `value`. To ask for a property costs more than
 * to read it, and what was read and could not come from the prototype is an own property's.
 */
function holdsOwn(name: string, writer: FunctionWriter): string {
  const key = writer.bind(name);
  const inherited = `${writer.bind(Object.prototype)}[${key}]`;
  const isOwn = `(isPlain && ${inherited} === undefined || ${writer.bind(Object.hasOwn)}(json, ${key}))`;
  return `((value = json[${key}]) !== undefined && ${isOwn})`;
}
