import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import {
  type IpAddress,
  type Reference,
  UNKNOWN,
  type ValueMap,
  type ValueSet,
} from '../../../../src/dsl/types/values.ts';
import { type DecodedFacts, decodeFacts } from '../../../../src/server/facts/decode-facts.ts';
import { FactFindings } from '../../../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../../../src/server/facts/read-fact-lines.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SCHEMA = `
enum status { active, on_hold as "on-hold" }
entity user from table users {
  id: uuid
  status: status
  boss: user? from boss_id
  teams: map<team, status> = {}
  live last_seen: { ip: ip, at: time }?
  live score: int
  stored hint: string?
}
entity team stored { members: set<user> = {}, parent: team?, parents: set<team> = closure(parent, depth 3), supplied note: string? }
entity counter stored { id: int, count: int = 0, networks: list<cidr> = [] }
entity flag stored { on: bool }
entity robot supplied { name: string }
action read on team, user, counter by user, robot
require access
layer 1 only version 1 grants access
permit everything: any on any when true
`;
const bundle = loadBundle([new SourceText('schema.velro', SCHEMA)]).bundle!;
const ALICE = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

describe('facts', () => {
  const folder = temporaryFolder();

  const read = async (
    text: string,
  ): Promise<{ facts: DecodedFacts; messages: string[]; findings: FactFindings }> => {
    const path = join(folder.path, 'facts.jsonl');
    writeFileSync(path, text);
    const findings = new FactFindings();
    const facts = decodeFacts(await readFactLines(path, findings), bundle, findings);
    return { facts, findings, messages: findings.render('f').split('\n').filter(Boolean) };
  };
  const user = (attributes: object, id: unknown = ALICE): string =>
    `${JSON.stringify({ type: 'user', id, attributes })}\n`;

  it('have the values of their declared types', async () => {
    const { facts, messages } = await read(
      user({
        status: 'on-hold',
        boss_id: ALICE.toUpperCase(),
        teams: { t1: 'active' },
        last_seen: { ip: '::ffff:10.0.0.1', at: '2026-01-05T10:00:00Z' },
      }),
    );
    expect(messages).to.deep.equal([]);
    const { attributes } = facts.record('user', ALICE)!;
    expect(attributes['status']).to.equal('on_hold');
    expect((attributes['boss'] as Reference).key).to.equal(`user:${ALICE}`);
    expect([...(attributes['teams'] as ValueMap).values]).to.deep.equal([['team:t1', 'active']]);
    expect(((attributes['last_seen'] as Record<string, unknown>)['ip'] as IpAddress).text).to.equal(
      '10.0.0.1',
    );
    expect(attributes, 'live values may not be known yet').not.to.have.property('score');
  });

  it('may use the name of an attribute or that of its column, not both', async () => {
    const { facts } = await read(user({ status: 'active', boss: ALICE }));
    expect((facts.record('user', ALICE)!.attributes['boss'] as Reference).id).to.equal(ALICE);
    const { messages } = await read(user({ status: 'active', boss: ALICE, boss_id: ALICE }));
    expect(messages).to.deep.equal([
      'f:1: error: attributes.boss and attributes.boss_id are the same attribute',
    ]);
  });

  it('take defaults, and null as absence', async () => {
    const { facts, messages } = await read(
      '{"type":"team","id":"t1","attributes":{"members":null}}\n{"type":"counter","id":7}\n',
    );
    expect(messages).to.deep.equal([]);
    expect((facts.record('team', 't1')!.attributes['members'] as ValueSet).items.size).to.equal(0);
    expect(facts.record('team', 't1')!.attributes).not.to.have.property('parent');
    expect(facts.record('counter', '7')!.attributes['count']).to.equal(0);
    expect(facts.size).to.equal(2);
  });

  it('know what is not there', async () => {
    const { facts } = await read('');
    expect(facts.record('user', ALICE)).to.equal(null);
    expect(facts.record('__proto__', 'constructor')).to.equal(null);
  });

  it('have ids in the spelling of their key', async () => {
    const { facts } = await read(user({ status: 'active' }, ALICE.toUpperCase()));
    expect(facts.record('user', ALICE)).to.have.property('attributes');
  });

  for (const [what, line, message] of [
    ['no JSON', '{"type":"user"', 'the text is not JSON at character 15'],
    ['no object', '[1]', 'a record is an object {type, id, attributes}'],
    ['a key that comes twice', '{"type":"team","id":"a","id":"b"}', 'an object has the same key twice'],
    ['no type', '{"id":"a"}', '`type` must be the name of an entity'],
    ['an id that is none', '{"type":"team","id":{}}', '`id` must be a string or a whole number'],
    [
      'attributes that are a list',
      '{"type":"team","id":"a","attributes":[]}',
      '`attributes` must be an object',
    ],
    ['an unknown entity', '{"type":"tem","id":"a"}', 'unknown entity `tem`; did you mean `team`?'],
    [
      'an entity without records',
      '{"type":"robot","id":"a"}',
      '`robot` is supplied by requests and has no records',
    ],
    [
      'an id that does not fit its key',
      '{"type":"user","id":"alice"}',
      '"alice" is no id of user, whose key is uuid',
    ],
    [
      'a required attribute that is missing',
      '{"type":"flag","id":"a"}',
      'flag lacks the required attribute `on`',
    ],
    [
      'a required attribute that is null',
      '{"type":"flag","id":"a","attributes":{"on":null}}',
      'flag lacks the required attribute `on`',
    ],
    [
      'a value of another type',
      '{"type":"flag","id":"a","attributes":{"on":"yes"}}',
      'attributes.on does not fit its type',
    ],
    [
      'a value that the engine keeps for a mapped entity and that does not fit',
      user({ status: 'active', hint: 3 }),
      'attributes.hint does not fit its type',
    ],
    [
      'an element of another type',
      '{"type":"team","id":"a","attributes":{"members":[7.5]}}',
      'attributes.members[0] does not fit its type',
    ],
    [
      'a broken network',
      '{"type":"counter","id":1,"attributes":{"networks":["10.0.0.0/33"]}}',
      'attributes.networks[0] does not fit its type',
    ],
  ] as const) {
    it(`are refused with ${what}, and the line is named`, async () => {
      const { messages, findings } = await read(`\n${line.trimEnd()}\n`);
      expect(messages).to.deep.equal([`f:2: error: ${message}`]);
      expect(findings.errors).to.equal(1);
    });
  }

  it('are refused when a record comes twice', async () => {
    const { messages } = await read(
      user({ status: 'active' }) + user({ status: 'active' }, ALICE.toUpperCase()),
    );
    expect(messages).to.deep.equal([`f:2: error: user ${ALICE} is already there in line 1`]);
  });

  for (const [what, attributes, message] of [
    ['is missing', {}, 'user lacks the required attribute `status`'],
    ['is null', { status: null }, 'user lacks the required attribute `status`'],
    ['is outside its enum', { status: 'gone' }, 'attributes.status does not fit its type'],
  ] as const) {
    it(`do not know a required value of a mapped record that ${what}, and say so`, async () => {
      const { facts, messages, findings } = await read(user(attributes));
      expect(messages).to.deep.equal([`f:1: warning: ${message}, so it is unknown`]);
      expect(findings.errors).to.equal(0);
      expect(facts.record('user', ALICE)!.attributes['status']).to.equal(UNKNOWN);
    });
  }

  for (const [what, line, message] of [
    [
      'an attribute that is not declared',
      user({ status: 'active', stauts: 'x' }),
      'attributes.stauts is ignored: user has no such attribute; did you mean `status`?',
    ],
    [
      'what follows from other attributes',
      '{"type":"team","id":"a","attributes":{"parents":["b"]}}',
      'attributes.parents is ignored: it follows from other attributes',
    ],
    [
      'what requests supply',
      '{"type":"team","id":"a","attributes":{"note":"b"}}',
      'attributes.note is ignored: requests supply it',
    ],
    [
      'fields beside the attributes',
      '{"type":"team","id":"a","owner":"b"}',
      '`owner` is ignored: attributes stand in `attributes`',
    ],
  ] as const) {
    it(`warn of ${what}`, async () => {
      const { messages, findings } = await read(line);
      expect(messages).to.deep.equal([`f:1: warning: ${message}`]);
      expect(findings.errors).to.equal(0);
    });
  }

  it('bound what is reported, and count the rest', async () => {
    const { messages, findings } = await read('{"type":"tim","id":"a"}\n'.repeat(150));
    expect(findings.errors).to.equal(150);
    expect(messages).to.have.length(101);
    expect(messages.at(-1)).to.equal('f: and 50 more');
  });

  it('never cut an error for a warning', async () => {
    const warned = Array.from({ length: 120 }, (_, index) => `{"type":"team","id":"t${index}","x":1}\n`).join(
      '',
    );
    const { messages } = await read(`${warned}nonsense\n`);
    expect(messages.some((one) => one.includes(': error: '))).to.equal(true);
  });

  it('say when the file is not there or not UTF-8', async () => {
    const findings = new FactFindings();
    await readFactLines(join(folder.path, 'none.jsonl'), findings);
    expect(findings.render('f')).to.equal('f: error: there is no such file');
    const path = join(folder.path, 'latin1');
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]));
    const second = new FactFindings();
    await readFactLines(path, second);
    expect(second.render('f')).to.equal('f:1: error: this or one of the next lines is not UTF-8');
  });

  it('take Windows line breaks, a last line without one, and characters split between chunks', async () => {
    const name = 'ü€😀'.repeat(30_000);
    const text = `{"type":"team","id":"a"}\r\n{"type":"team","id":${JSON.stringify(name)}}\r\n{"type":"team","id":"c"}`;
    const { facts, messages } = await read(text);
    expect(messages).to.deep.equal([]);
    expect(facts.size).to.equal(3);
    expect(facts.record('team', name)).not.to.equal(null);
  });

  it('are a hundred thousand without trouble', async function () {
    this.timeout(60_000);
    const lines = Array.from(
      { length: 100_000 },
      (_, index) => `{"type":"team","id":"t${index}","attributes":{"parent":"t${index >> 1}"}}`,
    );
    const { facts, messages } = await read(`${lines.join('\n')}\n`);
    expect(messages).to.deep.equal([]);
    expect(facts.size).to.equal(100_000);
  });
});
