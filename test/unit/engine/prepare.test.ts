import { expect } from 'chai';
import { UNKNOWN, type ValueSet } from '../../../src/dsl/types/values.ts';
import { type Asking, decide, engineOf, requestOf, short } from './support/ask.ts';

const SCHEMA = `
enum status { active as "Active", gone }
entity user from table users {
  id: uuid
  status: status
  roles: set<role> = {}
  supplied badge: badge?
  supplied device: string from "deviceName"
  supplied or stored locale: string = "en"
}
entity badge supplied { color: string, holder: person?, tags: set<int> = {} }
entity person supplied { name: string? }
entity doc from table docs { id: int, owner: user, size: int = 3, parents: set<doc> = closure(parent, depth 3), parent: doc? }
context { ip: ip, note: string? }
action read on doc by user { soft: bool = false }
action create on doc by user new { context { why: string } }
require access
`;
const LAYER = `layer 1 main version 1 grants access
permit red: read on doc when has subject.badge and subject.badge.color == "red"
permit mine: create on doc when resource.owner == subject and resource.size == 3
`;
const ANN = '919108f7-52d1-4320-9bac-f847db4148a8';

describe('prepare', () => {
  const engine = engineOf(SCHEMA, LAYER);
  const prepare = (asking: Asking) =>
    engine.prepare(
      requestOf({ subject: `user:${ANN}`, resource: 'doc:7', context: { ip: '10.0.0.1' }, ...asking }),
    );

  it('brings ids to the canonical spelling of their keys', () => {
    const request = prepare({ subject: `user:${ANN.toUpperCase()}`, resource: 'doc:007' });
    expect([request.subject.key, request.resource.key]).to.deep.equal([`user:${ANN}`, 'doc:7']);
    expect(request.triple?.key).to.equal('read|user|doc');
  });

  it('takes from the request what the schema takes from requests, by its spelling, and names the rest', () => {
    const request = prepare({
      subjectProperties: {
        deviceName: 'phone',
        device: 'x',
        roles: ['admin'],
        status: 'Active',
        locale: 'de',
      },
      resourceProperties: { size: 9 },
    });
    expect({ ...request.supplied.get(`user:${ANN}`) }).to.deep.equal({ device: 'phone', locale: 'de' });
    expect(request.ignored).to.have.members([
      'subject.properties.device',
      'subject.properties.roles',
      'subject.properties.status',
      'resource.properties.size',
    ]);
  });

  it('makes ill-typed values unknown and names them, in a set only the element that does not fit', () => {
    const request = prepare({
      subjectProperties: { locale: 7, badge: { id: 'b', properties: { color: 'red', tags: [1, 'two'] } } },
      context: { ip: 'here', other: 1 },
      actionProperties: { soft: 'yes' },
    });
    expect(request.supplied.get(`user:${ANN}`)?.['locale']).to.equal(UNKNOWN);
    const tags = request.supplied.get('badge:b')?.['tags'] as ValueSet;
    expect([[...tags.items.keys()], tags.partial]).to.deep.equal([[1], true]);
    expect(request.illTyped).to.have.members([
      'subject.properties.locale',
      'subject.properties.badge.properties.tags[1]',
      'context.ip',
      'action.properties.soft',
    ]);
    expect(request.ignored).to.deep.equal(['context.other']);
    expect(request.context['ip']).to.equal(UNKNOWN);
  });

  it('follows references that bring properties along, and lets nothing said later replace what was said', () => {
    const badge = { id: 'b', properties: { color: 'red', holder: { id: 'p', properties: { name: 'P' } } } };
    const request = prepare({ subjectProperties: { badge, deviceName: 'phone' } });
    expect({ ...request.supplied.get('person:p') }).to.deep.equal({ name: 'P' });
    const loop = { id: 'p', properties: { name: 'Q' } };
    const twice = prepare({
      subjectProperties: { badge: { id: 'b', properties: { color: 'red', holder: loop } } },
    });
    expect(twice.supplied.get('person:p')?.['name']).to.equal('Q');
  });

  it('takes the attributes of a new resource from the request, but none that is derived', () => {
    const request = prepare({
      action: 'create',
      resourceProperties: { owner: ANN, parents: [1] },
      context: { ip: '10.0.0.1', why: 'so' },
    });
    expect(Object.keys(request.supplied.get('doc:7') ?? {})).to.deep.equal(['owner']);
    expect(request.ignored).to.deep.equal(['resource.properties.parents']);
    expect(request.context['why']).to.equal('so');
    expect(
      short(
        decide(engine, {
          subject: `user:${ANN}`,
          resource: 'doc:7',
          action: 'create',
          resourceProperties: { owner: ANN },
          facts: { [`user:${ANN}`]: { status: 'Active' } },
        }),
      ),
    ).to.equal('permit');
  });

  it('fills in defaults of context and action, and leaves out what is absent', () => {
    const request = prepare({ context: { ip: '10.0.0.1', note: null } });
    expect(request.actionAttributes['soft']).to.equal(false);
    expect('note' in request.context).to.equal(false);
    expect(prepare({ context: {} }).context['ip']).to.equal(UNKNOWN);
  });

  it('keeps what a question says of undeclared types out of the way', () => {
    const request = prepare({ subject: 'ghost:g', subjectProperties: { a: 1 } });
    expect(request).to.deep.include({ triple: undefined, ignored: [], illTyped: [] });
    expect(request.supplied.size).to.equal(0);
  });

  it('gives values to conditions as they were supplied', () => {
    const facts = { [`user:${ANN}`]: { status: 'Active' }, 'doc:7': { owner: ANN } };
    const asking: Asking = { subject: `user:${ANN}`, resource: 'doc:7', facts };
    const badge = (color: string) => ({
      ...asking,
      subjectProperties: { badge: { id: 'b', properties: { color } } },
    });
    expect(short(decide(engine, badge('red')))).to.equal('permit');
    expect(short(decide(engine, badge('blue')))).to.equal('claim_missing access');
    expect(short(decide(engine, asking))).to.equal('claim_missing access');
  });
});
