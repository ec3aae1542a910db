import { isObject } from '../../dsl/types/is-object.ts';
import { parseJson } from '../json/parse-json.ts';
import { LineError, readLines } from '../read-lines.ts';
import type { FactFindings, FactLine } from './fact-line.ts';

/** A facts file has at most so many records, … */
const MAXIMUM_RECORDS = 1_000_000;
/** … each of at most so many characters … */
const MAXIMUM_LINE = 1024 * 1024;
/** … that nest at most so deep. */
const MAXIMUM_DEPTH = 32;

/** The records of a JSON Lines file, `{type, id, attributes}` each; empty lines are skipped. What does not fit is found. */
export async function readFactLines(path: string, findings: FactFindings): Promise<FactLine[]> {
  const records: FactLine[] = [];
  try {
    for await (const { number, text } of readLines(path, MAXIMUM_LINE)) {
      if (text.trim() === '') continue;
      if (records.length >= MAXIMUM_RECORDS) {
        findings.add(number, 'error', `the file has more than ${MAXIMUM_RECORDS} records`);
        break;
      }
      const record = factLineOf(text, number, findings);
      if (record !== undefined) records.push(record);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof LineError) findings.add(error.line, 'error', error.message);
    else if (code === 'ENOENT') findings.add(0, 'error', 'there is no such file');
    else if (code !== undefined) findings.add(0, 'error', `the file cannot be read: ${code}`);
    else throw error;
  }
  return records;
}

function factLineOf(text: string, line: number, findings: FactFindings): FactLine | undefined {
  const parsed = parseJson(text, MAXIMUM_DEPTH);
  if (!parsed.ok) {
    findings.add(line, 'error', parsed.detail);
    return undefined;
  }
  const { value } = parsed;
  if (!isObject(value)) {
    findings.add(line, 'error', 'a record is an object {type, id, attributes}');
    return undefined;
  }
  const { type, id, attributes = {} } = value;
  if (typeof type !== 'string') findings.add(line, 'error', '`type` must be the name of an entity');
  else if (typeof id !== 'string' && !Number.isSafeInteger(id))
    findings.add(line, 'error', '`id` must be a string or a whole number');
  else if (!isObject(attributes)) findings.add(line, 'error', '`attributes` must be an object');
  else {
    for (const name of Object.keys(value)) {
      if (name !== 'type' && name !== 'id' && name !== 'attributes') {
        findings.add(line, 'warning', `\`${name}\` is ignored: attributes stand in \`attributes\``);
      }
    }
    return { line, type, id: id as string | number, attributes };
  }
  return undefined;
}
