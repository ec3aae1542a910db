import { expect } from 'chai';
import { encode } from '../../../src/dsl/types/encode.ts';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import { about, askedFacts } from '../../support/asked-facts.ts';
import { onEveryDatabase } from '../../support/databases.ts';

const MISSING = 'absent';
const UNCLEAR = 'unknown';

/** The type of a column, what stands in it, the type of the attribute, and the value that it has. */
const ROWS: readonly (readonly [column: string, sql: string, type: string, value: unknown])[] = [
  ['boolean', 'true', 'bool', true],
  ['boolean', 'null', 'bool', MISSING],
  ['smallint', '-3', 'int', -3],
  ['integer', '7', 'int', 7],
  ['bigint', '9007199254740991', 'int', 9007199254740991],
  ['bigint', '9007199254740993', 'int', UNCLEAR],
  ['numeric', '7.00', 'int', 7],
  ['numeric', '7.00000000000000000001', 'int', UNCLEAR],
  ['numeric', '0.1', 'float', 0.1],
  ['double precision', '1.5', 'float', 1.5],
  ['double precision', "'NaN'", 'float', UNCLEAR],
  ['real', "'Infinity'", 'float', UNCLEAR],
  ['text', "'a ''b'' \"c\" ä'", 'string', 'a \'b\' "c" ä'],
  ['varchar(9)', "'abc'", 'string', 'abc'],
  ['integer', '7', 'string', UNCLEAR],
  ['bytea', "'\\x00ff'", 'string', UNCLEAR],
  ['uuid', "'3C5D1E0A-92F4-4B76-8E1D-70B9C6A2F853'", 'uuid', '3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853'],
  ['text', "'3C5D1E0A-92F4-4B76-8E1D-70B9C6A2F853'", 'uuid', '3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853'],
  ['text', "'no uuid'", 'uuid', UNCLEAR],
  ['inet', "'203.0.113.7'", 'ip', '203.0.113.7'],
  ['inet', "'2001:db8::1'", 'ip', '2001:db8::1'],
  ['inet', "'203.0.113.7/24'", 'ip', UNCLEAR],
  ['text', "'::ffff:10.0.0.1'", 'ip', '10.0.0.1'],
  ['cidr', "'10.0.0.0/8'", 'cidr', '10.0.0.0/8'],
  ['timestamptz', "'2026-01-05 10:00:00.123456+02'", 'time', '2026-01-05T08:00:00.123Z'],
  ['timestamptz', "'infinity'", 'time', UNCLEAR],
  ['timestamp', "'2026-01-05 10:00:00'", 'time', UNCLEAR],
  ['date', "'2026-01-05'", 'time', UNCLEAR],
  ['interval', "'90 minutes'", 'duration', '90m'],
  ['interval', "'1 year'", 'duration', UNCLEAR],
  ['text', "'open'", 'state', 'open'],
  ['text', "'is shut'", 'state', 'is shut'],
  ['text', "'shut'", 'state', UNCLEAR],
  ['text', "'alien'", 'state', UNCLEAR],
  ['mood', "'open'", 'state', 'open'],
  ['mood', "'alien'", 'state', UNCLEAR],
  ['mood[]', "'{open,is shut}'", 'set<state>', ['open', 'is shut']],
  ['label', "'abc'", 'string', 'abc'],
  ['text[]', "'{open}'", 'set<state>', ['open']],
  ['text[]', "'{}'", 'set<string>', []],
  ['bigint[]', "'{1,9007199254740993}'", 'list<int>', [1, null]],
  ['integer[]', "'{1,null}'", 'list<int>', [1, null]],
  ['numeric[]', "'{1.5,2.0}'", 'list<float>', [1.5, 2]],
  ['timestamptz[]', "'{2026-01-05 10:00:00.5+00}'", 'list<time>', ['2026-01-05T10:00:00.500Z']],
  ['inet[]', "'{10.0.0.1}'", 'list<ip>', ['10.0.0.1']],
  [
    'uuid[]',
    "'{3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853}'",
    'set<uuid>',
    ['3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853'],
  ],
  ['jsonb', `'["a", "b"]'`, 'set<string>', ['a', 'b']],
  ['jsonb', `'{"a": 1, "b": null}'`, 'map<string, int>', { a: 1 }],
  [
    'json',
    `'{"at": "2026-01-05T10:00:00Z", "n": 3}'`,
    '{ at: time, n: int?, m: int? }',
    { at: '2026-01-05T10:00:00Z', n: 3 },
  ],
  ['jsonb', `'null'`, 'bool', MISSING],
  ['jsonb', `'"text"'`, 'int', UNCLEAR],
  ['jsonb', `'9007199254740993'`, 'int', UNCLEAR],
  ['uuid', "'3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853'", 'thing', '3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853'],
  ['bigint', '12', 'thing', '12'],
];

const TRIVIAL = 'require access\nlayer 1 main version 1 grants access\n';

onEveryDatabase('the types of columns', (current) => {
  before(async () => {
    await current().session('admin', (session) =>
      session.run(`create type mood as enum ('open', 'is shut', 'alien'); create domain label as text check (value <> '');
        create table things (id text primary key, ${ROWS.map(([type], index) => `a${index} ${type}`).join(', ')}, others text[]);
        insert into things values ('t', ${ROWS.map(([, sql]) => sql).join(', ')}, null), ('u', ${ROWS.map(() => 'null').join(', ')}, '{t}')`),
    );
  });

  const schema = `enum state { open, shut as "is shut" }
    entity user supplied {}
    entity thing from table things { ${ROWS.map(([, , type], index) => `a${index}: ${type}?`).join('\n')}
      others: set<thing> = {} }
    action read on thing by user\n`;

  for (const [place, permits, asked] of [
    ['a row', ROWS.map((_, index) => `permit p${index}: read on thing when has resource.a${index}`), 't'],
    [
      'rows within a row',
      ROWS.map(
        (_, index) => `permit p${index}: read on thing when any one in resource.others: (has one.a${index})`,
      ),
      'u',
    ],
  ] as const) {
    it(`are read as values, or are unknown, in ${place}`, async () => {
      const { bundle, facts } = askedFacts(current(), schema + TRIVIAL + permits.join('\n'));
      const record = (await facts(about(asked))).record('thing', 't');
      const found = ROWS.map(([column, sql, type], index) => {
        const value = record?.attributes[`a${index}`];
        const info = bundle.entities.get('thing')?.attributes.get(`a${index}`);
        const shown =
          value === undefined ? MISSING : value === UNKNOWN ? UNCLEAR : encode(value, info!.type, bundle);
        return [column, sql, type, shown];
      });
      expect(found).to.deep.equal(ROWS);
    });
  }
});
