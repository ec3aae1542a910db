import { MAXIMUM_FILE_LENGTH } from '../../src/dsl/syntax/limits.ts';

/** A text that was made to hurt, and the codes that it must raise: all of them, and no others. */
export interface HostilePolicy {
  readonly what: string;
  readonly text: string;
  readonly codes: readonly string[];
}

const SCHEMA = `enum plan { free, pro }
entity user stored {
  name: string
  nick: string?
  plan: plan = free
  friends: set<user> = {}
  boss: user?
  roles: set<role> = {}
}
entity doc stored { owner: user }
context {
  x: string
}
action read on doc by user
require access
`;
const LAYER = `layer 1 l version 1 grants access
permit p: read on doc when true
`;

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join('');
const repeat = (count: number, part: string): string => part.repeat(count);

/** Rules, lets and the like in a bundle that is in order. */
const inLayer = (declarations: string): string => `${SCHEMA}${LAYER}${declarations}`;
/** A condition of a forbid. */
const condition = (text: string): string => inLayer(`forbid r: read on doc when ${text}\n`);
const withContext = (attributes: string): string =>
  `${SCHEMA.replace('context {\n', `context {\n${attributes}`)}${LAYER}`;

const of = (what: string, codes: string, text: string): HostilePolicy => ({
  what,
  text,
  codes: codes === '' ? [] : codes.split(' '),
});

/** Texts that are large in one way each, most of them near to the largest file. */
export function largePolicies(): readonly HostilePolicy[] {
  const most = (part: string): number => Math.floor((MAXIMUM_FILE_LENGTH - 2_000) / part.length);
  return [
    of(
      '10,000 rules',
      '',
      inLayer(times(10_000, (i) => `forbid r${i}: read on doc when context.x == "${i}"\n`)),
    ),
    of(
      '10,000 rules that say the same',
      'VEL4007',
      inLayer(times(10_000, (i) => `forbid r${i}: read on doc when context.x == "a"\n`)),
    ),
    of(
      '10,000 rules of one name',
      'VEL2001',
      inLayer(times(10_000, (i) => `forbid r: read on doc when context.x == "${i}"\n`)),
    ),
    of(
      '10,000 lets in a chain',
      'VEL3016',
      inLayer(
        `let a0 = context.x == "a"\n${times(10_000, (i) => `let a${i + 1} = a${i}\n`)}forbid r: read on doc when a10000\n`,
      ),
    ),
    of(
      '10,000 lets in a chain, the last first',
      'VEL3016',
      inLayer(
        `forbid r: read on doc when a0\n${times(10_000, (i) => `let a${i} = a${i + 1}\n`)}let a10000 = context.x == "a"\n`,
      ),
    ),
    of(
      '10,000 lets in a circle',
      'VEL3010',
      inLayer(times(10_000, (i) => `let a${i} = a${(i + 1) % 10_000}\n`)),
    ),
    of(
      'lets that double 1,000 times',
      'VEL3015 VEL3016',
      inLayer(
        `let a0 = context.x == "a"\n${times(1_000, (i) => `let a${i + 1} = a${i} and a${i}\n`)}forbid r: read on doc when a1000\n`,
      ),
    ),
    of(
      'lets that alternate between and and or',
      'VEL3015',
      inLayer(
        `let a0 = context.x == "a"\n${times(60, (i) => `let a${i + 1} = (a${i} and context.x == "b") or a${i}\n`)}forbid r: read on doc when a60\n`,
      ),
    ),
    of(
      'lets with parameters that double',
      'VEL3015 VEL3016',
      inLayer(
        `let a0(p: bool) = p and context.x == "a"\n${times(1_000, (i) => `let a${i + 1}(p: bool) = a${i}(p) and a${i}(not p)\n`)}forbid r: read on doc when a1000(true)\n`,
      ),
    ),
    of(
      'arguments that double',
      'VEL3015',
      inLayer(
        `let d(p: bool) = p and p\nforbid r: read on doc when ${repeat(60, 'd(')}context.x == "a"${repeat(60, ')')}\n`,
      ),
    ),
    of(
      '10,000 misspelt lets',
      'VEL2002',
      inLayer(
        `${times(10_000, (i) => `let abcdefghijk${i} = 1\n`)}${times(10_000, (i) => `forbid r${i}: read on doc when abcdefghijq${i} == 1\n`)}`,
      ),
    ),
    of(
      '10,000 misspelt types',
      'VEL2004 VEL3003',
      `${SCHEMA}${times(10_000, (i) => `enum abcdefghijk${i} { a }\n`)}${times(10_000, (i) => `entity x${i} stored { a: abcdefghijq${i} }\n`)}`,
    ),
    of(
      '10,000 misspelt actions',
      'VEL2005',
      `${SCHEMA}${times(10_000, (i) => `action abcdefghijk${i} on doc by user\n`)}${LAYER}${times(10_000, (i) => `forbid r${i}: abcdefghijq${i} on doc when true\n`)}`,
    ),
    of(
      '10,000 misspelt members',
      'VEL2006',
      `${SCHEMA.replace('free, pro', `free, ${times(10_000, (i) => `abcdefghijk${i}, `)}pro`)}${LAYER}${times(10_000, (i) => `forbid r${i}: read on doc when subject.plan == abcdefghijq${i}\n`)}`,
    ),
    of(
      '10,000 misspelt attributes',
      'VEL2003',
      `${withContext(times(10_000, (i) => `abcdefghijk${i}: string?\n`))}${times(10_000, (i) => `forbid r${i}: read on doc when context.abcdefghijq${i} == "a"\n`)}`,
    ),
    of(
      '10,000 attributes that no type has, asked for',
      'VEL2003',
      inLayer(
        `${times(10_000, (i) => `let a${i} = has resource.zzz${i}\n`)}${times(5_000, (i) => `forbid r${i}: read on doc when context.x == "${i}" and a${i}\n`)}`,
      ),
    ),
    of(
      'members that 5,000 enums have',
      'VEL2011',
      `${SCHEMA}${times(5_000, (i) => `enum e${i} { same }\n`)}${LAYER}${times(5_000, (i) => `forbid r${i}: read on doc when same == same\n`)}`,
    ),
    of(
      'an enum with 100,000 members',
      '',
      `${SCHEMA.replace('free, pro', `free, ${times(100_000, (i) => `m${i},`)} pro`)}${LAYER}`,
    ),
    of(
      'a set with 100,000 elements',
      'VEL3015',
      condition(`context.x in {${times(100_000, (i) => `"${i}",`)}"z"}`),
    ),
    of(
      'a default of 100,000 elements',
      '',
      withContext(`many: set<int> = {${times(100_000, (i) => `${i},`)}1}\n`),
    ),
    of(
      'a record with 20,000 attributes',
      '',
      withContext(`deep: { ${times(20_000, (i) => `a${i}: string, `)} z: int }?\n`),
    ),
    of(
      'a million combinations',
      'VEL3028',
      `${SCHEMA}${times(1_000, (i) => `entity t${i} stored { a: string? }\n`)}action write on ${times(1_000, (i) => `t${i}, `)}user by ${times(1_000, (i) => `t${i}, `)}user\n${LAYER}`,
    ),
    of(
      'combinations that are declared again and again',
      'VEL3028',
      `${SCHEMA}${repeat(6_000, `action ${times(10, (i) => `a${i}, `)}read on doc by user\n`)}${LAYER}`,
    ),
    of(
      'rules over everything, times everything',
      'VEL3028',
      `${SCHEMA}${times(3_000, (i) => `entity t${i} stored { a: string? }\naction read on t${i} by user\n`)}${LAYER}${times(3_000, (i) => `forbid r${i}: any on any when context.x == "${i}"\n`)}`,
    ),
    of(
      '5,000 sets of actions within each other',
      'VEL3028',
      `${SCHEMA}${times(5_000, (i) => `actions s${i} { ${i === 0 ? '' : `s${i - 1}, `}read }\n`)}${LAYER}`,
    ),
    of(
      '5,000 sets of actions within each other, the outermost first',
      'VEL3028',
      `${SCHEMA}${times(5_000, (i) => `actions s${i} { ${i === 4_999 ? '' : `s${i + 1}, `}read }\n`)}${LAYER}forbid r: s0, s1 on doc when true\n`,
    ),
    of(
      'sets of actions that double',
      '',
      `${SCHEMA}${times(30, (i) => `actions s${i} { read${i > 0 ? `, s${i - 1}` : ''}${i > 1 ? `, s${i - 2}` : ''} }\n`)}${LAYER}forbid r: s29, s28 on doc when context.x == "a"\n`,
    ),
    of(
      '5,000 roles in a chain',
      'VEL3028',
      inLayer(times(5_000, (i) => `role q${i} ${i > 0 ? `extends q${i - 1} ` : ''}{ read on doc }\n`)),
    ),
    of('10,000 roles', '', inLayer(times(10_000, (i) => `role q${i} { read on doc }\n`))),
    of(
      '2,000 fixtures and 2,000 tests',
      '',
      inLayer(
        `${times(2_000, (i) => `fixture f${i} { context { x: "1" } }\n`)}${times(2_000, (i) => `test "t${i}" using f${i} {\n subject user u { name: "u" }\n resource doc d { owner: u }\n expect permit read\n}\n`)}`,
      ),
    ),
    of(
      'a test with 10,000 records',
      '',
      inLayer(
        `test "t" {\n subject user u { name: "u" }\n resource doc d { owner: u }\n${times(10_000, (i) => ` entity user u${i} { name: "u" }\n`)} expect permit read\n}\n`,
      ),
    ),
    of(
      'an advice with 30,000 arguments',
      '',
      inLayer(
        `forbid r: read on doc when context.x == "a" advise x(${times(30_000, (i) => `a${i}: "v", `)}z: "z")\n`,
      ),
    ),
    of(
      'a remark on every line',
      '',
      condition(`context.x in {\n${times(9_000, (i) => `"a${i}", // remark\n`)}"z"}`),
    ),
    of(
      '10,000 rules with a remark each',
      'VEL4007',
      inLayer(times(10_000, (i) => `forbid r${i}: read on doc when context.x == "a" // remark\n`)),
    ),
    of(
      'a rule within 30,000 remarks',
      'VEL4006',
      inLayer(`forbid r: read on doc when (true\n${times(30_000, (i) => `// ${i}\n`)})\n`),
    ),
    of('a hundred thousand lines of documentation', '', `${SCHEMA}${repeat(100_000, '/// word\n')}${LAYER}`),
    of('10,000 chained attributes', 'VEL1018', condition(`subject${repeat(10_000, '.boss')} == subject`)),
    of('10,000 operators', 'VEL1018', condition(`${repeat(10_000, 'context.x == "a" or ')}false`)),
    of('10,000 sums', 'VEL1018', condition(`1 == ${repeat(10_000, '1 + ')}1`)),
    of('10,000 parentheses', 'VEL1017', condition(`${repeat(10_000, '(')}true${repeat(10_000, ')')}`)),
    of('10,000 lists', 'VEL1017', condition(`context.x in ${repeat(10_000, '[')}1${repeat(10_000, ']')}`)),
    of('10,000 sets', 'VEL1017', condition(`context.x in ${repeat(10_000, '{')}1${repeat(10_000, '}')}`)),
    of('10,000 negations', 'VEL1017', condition(`${repeat(10_000, 'not ')}true`)),
    of('10,000 signs', 'VEL1017', condition(`1 == ${repeat(10_000, '- ')}1`)),
    of('10,000 implications', 'VEL1017', condition(`${repeat(10_000, 'true implies ')}true`)),
    of(
      '10,000 quantifiers',
      'VEL1017',
      condition(`${repeat(10_000, 'any x in subject.friends: (')}true${repeat(10_000, ')')}`),
    ),
    of(
      '10,000 calls',
      'VEL1017',
      condition(`${repeat(10_000, 'string.length(')}"a"${repeat(10_000, ')')} == 1`),
    ),
    of('10,000 keys', 'VEL1017', condition(`${repeat(10_000, 'subject[')}1${repeat(10_000, ']')} == 1`)),
    of(
      '10,000 generic types',
      'VEL1017',
      withContext(`deep: ${repeat(10_000, 'set<')}string${repeat(10_000, '>')}\n`),
    ),
    of(
      '10,000 records',
      'VEL1017',
      withContext(`deep: ${repeat(10_000, '{ a: ')}string${repeat(10_000, ' }')}\n`),
    ),
    of(
      'a closure of endless depth',
      'VEL1021',
      `${SCHEMA}entity loop stored {\n  next: loop?\n  all: set<loop> = closure(next, depth 1000000)\n}\n${LAYER}`,
    ),
    of(
      'names of 100,000 characters',
      'VEL1026',
      inLayer(
        `forbid ${repeat(100_000, 'a')}: read on doc when ${repeat(100_000, 'b')}.${repeat(100_000, 'c')}\n`,
      ),
    ),
    of(
      'strings of 200,000 characters',
      '',
      inLayer(
        `forbid r: read on doc when "${repeat(200_000, 'é')}" == "${repeat(200_000, 'a')}" because "${repeat(200_000, 'b')}"\n`,
      ),
    ),
    of(
      'titles of 200,000 characters, twice',
      'VEL2001',
      inLayer(
        repeat(
          2,
          `test "${repeat(200_000, 't')}" {\n subject user u { name: "u" }\n resource doc d { owner: u }\n expect permit read\n}\n`,
        ),
      ),
    ),
    of('a number of 500,000 digits', 'VEL1010', condition(`1 == ${repeat(500_000, '9')}`)),
    of('a number of 500,000 zeros', 'VEL1011', condition(`1 == ${repeat(500_000, '0')}`)),
    of('a fraction of 500,000 digits', '', condition(`0.5 == 0.${repeat(500_000, '3')}`)),
    of('a duration of 500,000 digits', 'VEL1010', condition(`1m == ${repeat(500_000, '9')}s`)),
    of('a duration of 200,000 units', 'VEL1013', condition(`1m == ${repeat(200_000, '9s')}`)),
    of('a unit of 500,000 letters', 'VEL1012', condition(`1m == 9${repeat(500_000, 's')}`)),
    of('escapes without an end', 'VEL1008', condition(`context.x == "${repeat(100_000, '\\q')}"`)),
    of(
      'an error on every line',
      'VEL1002',
      inLayer(times(10_000, (i) => `forbid r${i}: read on doc when true;\n`)),
    ),
    of('an unknown word on every line', 'VEL1004', repeat(most('permt a { }\n'), 'permt a { }\n')),
    of('nothing but unclosed blocks', 'VEL1003', repeat(most('entity e stored {\n'), 'entity e stored {\n')),
    of('patterns that ask for a million steps', 'VEL2030', condition('context.x matches r"(a{1000}){1000}"')),
    of(
      'a pattern of 100,000 characters',
      'VEL2030',
      condition(`context.x matches r"${repeat(100_000, 'a')}"`),
    ),
    of(
      'a pattern of many steps',
      'VEL2030',
      condition(`context.x matches r"${repeat(9, '([a-z]*a[a-z]{1000})')}"`),
    ),
    of(
      'a pattern that nests',
      'VEL2030',
      condition(`context.x matches r"${repeat(10_000, '(')}a${repeat(10_000, ')*')}"`),
    ),
    of(
      'thousands of large patterns',
      'VEL2030',
      inLayer(
        times(5_000, (i) => `forbid r${i}: read on doc when context.x matches r"[\\p{L}\\p{N}]{900}${i}"\n`),
      ),
    ),
  ];
}
