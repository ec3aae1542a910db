import { parseTime } from '../../src/dsl/types/parse-time.ts';
import { parseUuid } from '../../src/dsl/types/parse-uuid.ts';
import { type RecordValue, Reference, type Value, ValueMap } from '../../src/dsl/types/values.ts';
import type { JsonObject } from '../../src/engine/decide/types.ts';

const VISIBILITIES: ReadonlySet<unknown> = new Set(['private', 'team', 'public']);
const STATUSES: ReadonlySet<unknown> = new Set(['pending', 'processing', 'completed', 'failed', 'cancelled']);
const KINDS: ReadonlySet<unknown> = new Set(['image', 'video', 'audio']);
const NOTHING: JsonObject = {};

/** What a request says of a thing that it would make; what does not fit is left out. */
export function newThing(type: string, properties: JsonObject = NOTHING): RecordValue {
  const common = {
    owner: referenceOf('user', properties['owner_id']),
    team: referenceOf('team', properties['team_id']),
    project: referenceOf('project', properties['project_id']),
    visibility: memberOf(VISIBILITIES, properties['visibility']),
  };
  switch (type) {
    case 'generation':
      return {
        ...common,
        parent: referenceOf('generation', properties['parent_generation_id']),
        status: memberOf(STATUSES, properties['status']),
        kind: memberOf(KINDS, properties['kind']),
        created_at: timeOf(properties['created_at']),
      };
    case 'media':
      return {
        owner: common.owner,
        generation: referenceOf('generation', properties['generation_id']),
        mime_type: textOf(properties['mime_type']),
        size: Number.isSafeInteger(properties['size_bytes'])
          ? (properties['size_bytes'] as number)
          : undefined,
      };
    case 'project':
      return { ...common, attached: new ValueMap(new Map(), new Map()) };
    default:
      return { owner: common.owner };
  }
}

function referenceOf(type: string, id: unknown): Value | undefined {
  return typeof id === 'string' ? new Reference(type, parseUuid(id) ?? id) : undefined;
}

function memberOf(members: ReadonlySet<unknown>, json: unknown): Value | undefined {
  return members.has(json) ? (json as string) : undefined;
}

function textOf(json: unknown): Value | undefined {
  return typeof json === 'string' ? json : undefined;
}

function timeOf(json: unknown): Value | undefined {
  return typeof json === 'string' ? parseTime(json) : undefined;
}
