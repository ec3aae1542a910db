const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;

/** The trace id of a W3C `traceparent` header; undefined when there is none or it is not valid, as the standard says. */
export function traceIdOf(header: string | undefined): string | undefined {
  const match = header === undefined ? null : TRACEPARENT.exec(header);
  const [, trace, parent] = match ?? [];
  if (trace === undefined || /^0+$/.test(trace) || /^0+$/.test(parent ?? '')) return undefined;
  // Version 00 is exactly four fields.
  return header?.startsWith('00-') && header.length !== 55 ? undefined : trace;
}
