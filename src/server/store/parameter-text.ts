import type { Parameter } from './database.ts';

/** A parameter as the database reads it: the same text for every implementation. */
export function parameterText(value: Parameter): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return Array.isArray(value) ? arrayText(value as readonly Parameter[]) : JSON.stringify(value);
}

function arrayText(values: readonly Parameter[]): string {
  const elements = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value as readonly Parameter[]);
    const text = parameterText(value);
    return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  });
  return `{${elements.join(',')}}`;
}
