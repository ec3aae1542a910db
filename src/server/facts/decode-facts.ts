import { nearestName } from '../../dsl/diagnostics/nearest-name.ts';
import { decodeAttributes } from '../../dsl/types/decode-attributes.ts';
import { emptyReport } from '../../dsl/types/decode-report.ts';
import { canonicalId, parseId } from '../../dsl/types/entity-id.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../dsl/types/schema.ts';
import { UNKNOWN } from '../../dsl/types/values.ts';
import type { FactRecord, FactView } from '../../engine/decide/facts.ts';
import type { FactFindings, FactLine } from './fact-line.ts';

/** Records with the values of their declared types. */
export interface DecodedFacts extends FactView {
  readonly size: number;
}

/**
 * Reads records by a schema. A record is refused, with its line, when its type is not declared or supplied by requests,
 * its id is not spelt as its key says or comes twice, or, of a stored entity, a required attribute is missing or a value
 * does not fit. Of a mapped entity such a value is unknown, with a warning.
 */
export function decodeFacts(
  lines: readonly FactLine[],
  schema: Schema,
  findings: FactFindings,
): DecodedFacts {
  const types = new Map<string, Map<string, { record: FactRecord; line: number }>>();
  let size = 0;
  for (const line of lines) {
    const entity = entityOf(line, schema, findings);
    if (entity === undefined) continue;
    const id = idOf(line, entity);
    if (id === undefined) {
      findings.add(
        line.line,
        'error',
        `${JSON.stringify(line.id)} is no id of ${entity.name}, whose key is ${entity.keyType}`,
      );
      continue;
    }
    let records = types.get(entity.name);
    if (records === undefined) types.set(entity.name, (records = new Map()));
    const first = records.get(id);
    if (first !== undefined) {
      findings.add(line.line, 'error', `${entity.name} ${id} is already there in line ${first.line}`);
      continue;
    }
    records.set(id, { record: decodeRecord(line, entity, schema, findings), line: line.line });
    size += 1;
  }
  return { size, record: (type, id) => types.get(type)?.get(id)?.record ?? null };
}

function entityOf(line: FactLine, schema: Schema, findings: FactFindings): EntityInfo | undefined {
  const entity = schema.entities.get(line.type);
  if (entity === undefined) {
    findings.add(
      line.line,
      'error',
      `unknown entity \`${line.type}\`${hintOf(line.type, schema.entities.keys())}`,
    );
    return undefined;
  }
  if (entity.storage === 'supplied') {
    findings.add(line.line, 'error', `\`${line.type}\` is supplied by requests and has no records`);
    return undefined;
  }
  return entity;
}

function idOf({ id }: FactLine, entity: EntityInfo): string | undefined {
  const text = canonicalId(entity, id);
  return text === undefined ? undefined : parseId(entity, text);
}

function decodeRecord(
  line: FactLine,
  entity: EntityInfo,
  schema: Schema,
  findings: FactFindings,
): FactRecord {
  const report = emptyReport();
  const json = line.attributes;
  const doubled = findDoubled(line, entity, findings);
  const attributes = decodeAttributes(json, entity.attributes, schema, 'attributes', report, {
    takes: isStored,
  });
  // The engine's own store refuses such a write. Rows of somebody else's table are what they are: the value is unknown.
  const misfit = (message: string, attribute: AttributeInfo | undefined): void => {
    const isRow = entity.storage === 'mapped' && attribute?.keptInStore !== true;
    findings.add(line.line, isRow ? 'warning' : 'error', isRow ? `${message}, so it is unknown` : message);
  };
  for (const path of report.illTyped) misfit(`${path} does not fit its type`, attributeAt(path, entity));
  for (const path of report.ignored) {
    if (!doubled.has(path)) findings.add(line.line, 'warning', ignoredMessage(path, entity));
  }
  for (const attribute of entity.attributes.values()) {
    const isMissing =
      attributes[attribute.name] === UNKNOWN && valueOf(json, attribute.spelling, attribute.name) === null;
    // What the risk engine keeps may not be known yet.
    if (isMissing && isStored(attribute) && attribute.source !== 'live') {
      misfit(`${entity.name} lacks the required attribute \`${attribute.name}\``, attribute);
    }
  }
  return { attributes };
}

/** What stands under the first of these keys that is there; null for nothing. */
function valueOf(json: Readonly<Record<string, unknown>>, ...keys: readonly string[]): unknown {
  const key = keys.find((one) => Object.hasOwn(json, one));
  return key === undefined ? null : (json[key] ?? null);
}

/** The attribute that a path such as `attributes.owner.id` begins with; spellings go before names, as in decoding. */
function attributeAt(path: string, entity: EntityInfo): AttributeInfo | undefined {
  const begins = (name: string): boolean => {
    const start = `attributes.${name}`;
    return path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`);
  };
  const attributes = [...entity.attributes.values()];
  return attributes.find((one) => begins(one.spelling)) ?? attributes.find((one) => begins(one.name));
}

/** Reports attributes that a record says twice, by name and by column; gives the paths of the names. */
function findDoubled(line: FactLine, entity: EntityInfo, findings: FactFindings): ReadonlySet<string> {
  const doubled = new Set<string>();
  for (const { name, spelling } of entity.attributes.values()) {
    if (name === spelling || !Object.hasOwn(line.attributes, name) || hasAttributeSpelled(entity, name))
      continue;
    if (!Object.hasOwn(line.attributes, spelling)) continue;
    findings.add(line.line, 'error', `attributes.${name} and attributes.${spelling} are the same attribute`);
    doubled.add(`attributes.${name}`);
  }
  return doubled;
}

function hasAttributeSpelled(entity: EntityInfo, spelling: string): boolean {
  return [...entity.attributes.values()].some((one) => one.spelling === spelling);
}

/** Whether a record may say it: what requests supply and what follows from other attributes does not stand in a store. */
function isStored(attribute: AttributeInfo): boolean {
  return attribute.source !== 'supplied' && attribute.closure === undefined;
}

function ignoredMessage(path: string, entity: EntityInfo): string {
  const name = path.slice('attributes.'.length);
  const attribute = [...entity.attributes.values()].find((one) => one.name === name || one.spelling === name);
  if (attribute?.closure !== undefined) return `${path} is ignored: it follows from other attributes`;
  if (attribute?.source === 'supplied') return `${path} is ignored: requests supply it`;
  return `${path} is ignored: ${entity.name} has no such attribute${hintOf(name, entity.attributes.keys())}`;
}

function hintOf(name: string, known: Iterable<string>): string {
  const suggestion = nearestName(name, known);
  return suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
}
