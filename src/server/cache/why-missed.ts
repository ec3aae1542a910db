/**
 * Why kept facts did not serve a question that they may serve. It was not certain that every change had been told of; nothing is
 * known to have been kept of the subject or the resource; what was kept made room, or was changed; what is kept of the two is not
 * proven to be of one state; it is too old for any verdict, or for the one that it gave; the database counted as lost, so that it
 * was asked; others of the same batch had to be loaded.
 */
export const WHY_MISSED = [
  'untrusted',
  'unknown',
  'evicted',
  'changed',
  'unsettled',
  'too_old',
  'too_old_for_verdict',
  'lost',
  'batch',
] as const;
export type WhyMissed = (typeof WHY_MISSED)[number];
