import { hashText } from '../../dsl/hash-text.ts';

/** Whether the decision with this id is in a sample of so many percent: always the same answer for the same id. */
export function isSampled(id: string, percent: number): boolean {
  if (percent >= 100) return true;
  return (hashText(id) / 2 ** 32) * 100 < percent;
}
