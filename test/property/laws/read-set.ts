import { expect } from 'chai';
import type { CheckedBundle } from '../../../src/dsl/check/bundle.ts';
import type { RecordValue } from '../../../src/dsl/types/values.ts';
import type { ReadSet } from '../../../src/engine/compile/read-set.ts';
import type { FactView } from '../../../src/engine/decide/facts.ts';
import type { Circumstances, PreparedRequest } from '../../../src/engine/decide/types.ts';
import type { Law } from '../../support/law-pass.ts';

export const readsWithinReadSet: Law = {
  name: 'a decision reads nothing outside the read set of its question',
  aboutRequests: true,
  premises: { reads: 20 },
  check({ asked, both, bundle }, tally) {
    for (const { question, verdict } of asked) {
      tally.request(verdict.permitted);
      const { request, facts, circumstances } = question;
      const { triple } = request;
      if (triple === undefined) continue;
      const reads: Reads = new Set();
      both.engine.decide(
        watchedRequest(request, reads),
        watchedFacts(facts, reads),
        watchedCircumstances(circumstances, reads),
      );
      const allowed = allowedBy(both.engine.readSet(triple), bundle);
      expect([...reads].filter((one) => !allowed.has(one))).to.deep.equal([]);
      tally.note('reads', reads.size);
    }
  },
};

/** Everything that was read, as `entity` and `entity.attribute`, `context.attribute`, `action.attribute`, `builtin name`. */
type Reads = Set<string>;

/** The record, noting each attribute that is asked for. */
function watched(record: RecordValue, owner: string, reads: Reads): RecordValue {
  return new Proxy(record, {
    get: (target, name) => {
      if (typeof name === 'string') reads.add(`${owner}.${name}`);
      return Reflect.get(target, name);
    },
  });
}

function watchedFacts(facts: FactView, reads: Reads): FactView {
  return {
    record: (type, id) => {
      reads.add(type);
      const record = facts.record(type, id);
      return record && { attributes: watched(record.attributes, type, reads) };
    },
  };
}

function watchedRequest(request: PreparedRequest, reads: Reads): PreparedRequest {
  const supplied = new Map(
    [...request.supplied].map(([key, record]) => [
      key,
      watched(record, key.slice(0, key.indexOf(':')), reads),
    ]),
  );
  return {
    ...request,
    supplied,
    context: watched(request.context, 'context', reads),
    actionAttributes: watched(request.actionAttributes, 'action', reads),
  };
}

function watchedCircumstances(circumstances: Circumstances, reads: Reads): Circumstances {
  const sources = Object.fromEntries(
    Object.entries(circumstances.world.sources).map(([name, source]) => [
      name,
      (...args: Parameters<typeof source>) => {
        reads.add(`builtin ${name}`);
        return source(...args);
      },
    ]),
  );
  return { ...circumstances, world: { ...circumstances.world, sources } };
}

function allowedBy(readSet: ReadSet, bundle: CheckedBundle): ReadonlySet<string> {
  const allowed = new Set<string>([
    ...readSet.entities,
    ...readSet.builtins.map((name) => `builtin ${name}`),
    ...readSet.paths.flatMap((path) =>
      path.steps.flatMap(({ name, owners }) => owners.map((one) => `${one}.${name}`)),
    ),
    ...readSet.paths.map((path) => `${path.root}.${path.steps[0]?.name}`),
  ]);
  // Who may read a closure may read what it follows.
  for (const entity of bundle.entities.values()) {
    for (const { name, closure, type } of entity.attributes.values()) {
      if (closure === undefined || !allowed.has(`${entity.name}.${name}`)) continue;
      allowed.add(`${entity.name}.${(closure.first ?? closure.follow).text}`);
      const element = type.kind === 'set' && type.element.kind === 'reference' ? type.element.entities : [];
      for (const one of element) allowed.add(`${one}.${closure.follow.text}`);
    }
  }
  return allowed;
}
