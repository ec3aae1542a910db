/** A text as a literal of SQL, for statements that take no parameters. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A text between dollars, as bodies of functions are written, with a tag that does not stand in it. */
export function dollarQuote(text: string): string {
  let tag = '$velro$';
  for (let n = 1; text.includes(tag); n += 1) tag = `$velro${n}$`;
  return `${tag}${text}${tag}`;
}
