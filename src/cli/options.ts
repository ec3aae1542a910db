import { InvalidArgumentError } from 'commander';
import { parseTime } from '../dsl/types/parse-time.ts';

/** A parser of options that take one of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(`expected one of: ${words.join(', ')}`);
    return word;
  };
}

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

/** A time in RFC 3339, in milliseconds since the epoch. */
export function time(text: string): number {
  const milliseconds = parseTime(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError('expected a time such as 2026-01-05T10:00:00Z');
  return milliseconds;
}

/** Collects an option that may be given several times. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** A JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError('expected a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/** `type:id`, an entity as the command line names it. */
export function entity(text: string): { readonly type: string; readonly id: string } {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1)
    throw new InvalidArgumentError('expected TYPE:ID, such as user:919108f7-52d1-4320-9bac-f847db4148a8');
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
}
