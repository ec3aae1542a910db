import { type DiagnosticSpec, spec } from './diagnostic.ts';

/** Findings about what a bundle says of tables, held against a database. */
export const DATABASE_DIAGNOSTICS = {
  missingTable: spec<{ table: string; suggestion?: string | undefined }>({
    code: 'VEL5001',
    severity: 'error',
    message: (a) => `the database has no table or view \`${a.table}\``,
    help: (a) =>
      a.suggestion === undefined
        ? 'a table outside the search path is named with its schema: `from table "app.users"`'
        : `did you mean \`${a.suggestion}\`?`,
  }),
  missingColumn: spec<{ table: string; column: string; suggestion?: string | undefined; isKey: boolean }>({
    code: 'VEL5002',
    severity: 'error',
    message: (a) => `\`${a.table}\` has no column \`${a.column}\``,
    help: (a) =>
      a.suggestion === undefined
        ? a.isKey && 'say which column holds the ids: `from table T key COLUMN`'
        : `did you mean \`${a.suggestion}\`?`,
  }),
  unreadableColumn: spec<{ table: string; column: string }>({
    code: 'VEL5003',
    severity: 'error',
    message: (a) => `the account of Velro may not read \`${a.column}\` of \`${a.table}\``,
    help: () => 'grant it `select` on the table, and `usage` on its schema',
  }),
  unfitColumn: spec<{
    table: string;
    column: string;
    holds: string;
    type: string;
    advice?: string | undefined;
  }>({
    code: 'VEL5004',
    severity: 'error',
    message: (a) => `\`${a.column}\` of \`${a.table}\` is \`${a.holds}\`, which cannot hold \`${a.type}\``,
    help: (a) => a.advice,
  }),
  unfitKey: spec<{ table: string; column: string; holds: string; entity: string; advice: string }>({
    code: 'VEL5005',
    severity: 'error',
    message: (a) =>
      `\`${a.column}\` of \`${a.table}\` is \`${a.holds}\`, whose values are not told apart as the ids of \`${a.entity}\` are`,
    help: (a) => a.advice,
  }),
  keyNotUnique: spec<{ table: string; column: string; heirs: boolean }>({
    code: 'VEL5006',
    severity: 'error',
    message: (a) =>
      `several rows of \`${a.table}\` may have the same \`${a.column}\`, so an id has no one record`,
    help: (a) =>
      a.heirs
        ? 'an index does not reach into tables that inherit: map one of them, or a view'
        : `create a unique index on \`${a.column}\` alone, for all rows`,
  }),
  nullableColumn: spec<{ table: string; column: string; attribute: string; isElement: boolean }>({
    code: 'VEL5007',
    severity: 'warning',
    message: (a) =>
      `\`${a.column}\` of \`${a.table}\` may be NULL, and then \`${a.attribute}\` is unknown${a.isElement ? ' in part' : ''}`,
    help: (a) =>
      a.isElement
        ? 'make the column NOT NULL, or leave such rows out with `where`'
        : 'make the column NOT NULL, or the attribute optional',
  }),
  unknownLabels: spec<{ column: string; holds: string; type: string; labels: readonly string[] }>({
    code: 'VEL5008',
    severity: 'warning',
    message: (a) =>
      `\`${a.column}\` may hold ${a.labels.map((label) => `\`${label}\``).join(', ')}, which \`${a.type}\` does not know: such a value is unknown`,
    help: (a) => `add to \`${a.type}\` what \`${a.holds}\` has`,
  }),
  unindexedOwner: spec<{ table: string; column: string }>({
    code: 'VEL5009',
    severity: 'warning',
    message: (a) =>
      `no index of \`${a.table}\` begins with \`${a.column}\`, so each decision reads the whole table`,
    help: (a) => `create an index on \`${a.column}\``,
  }),
  repeatedKey: spec<{ table: string; owner: string; key: string }>({
    code: 'VEL5010',
    severity: 'warning',
    message: (a) =>
      `several rows of \`${a.table}\` may have the same \`${a.owner}\` and \`${a.key}\`, and then no value is the one that counts`,
    help: (a) => `create a unique index on (${a.owner}, ${a.key})`,
  }),
} satisfies Record<string, DiagnosticSpec<never>>;
