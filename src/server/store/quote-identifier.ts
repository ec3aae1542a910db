/** A name as an identifier of SQL, whatever stands in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The schema and the name of a table as a policy writes it: `table`, found by the search path, or `schema.table`. */
export function splitTable(name: string): { readonly schema: string | undefined; readonly table: string } {
  const dot = name.indexOf('.');
  return dot < 1 || dot === name.length - 1
    ? { schema: undefined, table: name }
    : { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

/** A table as a policy writes it, quoted. */
export function quoteTable(name: string): string {
  const { schema, table } = splitTable(name);
  return schema === undefined
    ? quoteIdentifier(table)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}
