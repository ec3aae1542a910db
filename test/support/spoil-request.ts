import type { CheckedBundle, Triple } from '../../src/dsl/check/bundle.ts';
import type { AttributeInfo } from '../../src/dsl/types/schema.ts';
import type { JsonObject } from '../../src/engine/decide/types.ts';
import type { Chance } from './generate-chance.ts';
import type { Scenario } from './scenario.ts';

/** The scenario with one attribute, of the request or of a record, that is of no declared type; undefined without any. */
export function spoilOne(
  chance: Chance,
  scenario: Scenario,
  bundle: CheckedBundle,
  triple: Triple,
): Scenario | undefined {
  const { request, records } = scenario;
  const ofEntity = (name: string): Iterable<AttributeInfo> =>
    bundle.entities.get(name)?.attributes.values() ?? [];
  const attempts: (() => Scenario | undefined)[] = [
    ...(['subject', 'resource'] as const).map((part) => () => {
      const properties = spoilt(chance, request[part].properties, ofEntity(request[part].type));
      return properties && { ...scenario, request: { ...request, [part]: { ...request[part], properties } } };
    }),
    () => {
      const properties = spoilt(chance, request.action.properties, triple.actionAttributes.values());
      return (
        properties && { ...scenario, request: { ...request, action: { ...request.action, properties } } }
      );
    },
    () => {
      const context = spoilt(chance, request.context, triple.contextAttributes.values());
      return context && { ...scenario, request: { ...request, context } };
    },
    ...records.map((record, index) => () => {
      const attributes = spoilt(chance, record.attributes, ofEntity(record.type));
      return attributes && { ...scenario, records: records.with(index, { ...record, attributes }) };
    }),
  ];
  for (const attempt of chance.shuffled(attempts)) {
    const spoiled = attempt();
    if (spoiled !== undefined) return spoiled;
  }
  return undefined;
}

function spoilt(
  chance: Chance,
  given: JsonObject | undefined,
  attributes: Iterable<AttributeInfo>,
): JsonObject | undefined {
  const types = new Map([...attributes].map((one) => [one.spelling, one.type]));
  // What a request says of a reference it says of the entity, wherever it is named: that would be lost with it.
  const names = Object.keys(given ?? {}).filter((name) => {
    return types.has(name) && !JSON.stringify(given?.[name] ?? null).includes('"id"');
  });
  if (names.length === 0) return undefined;
  const name = chance.pick(names);
  return { ...given, [name]: types.get(name)?.kind === 'bool' ? 'no' : true };
}
