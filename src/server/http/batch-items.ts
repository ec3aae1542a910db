import { Problem } from './problem.ts';
import { AccessQuestion } from './schemas/access-schema.ts';
import type { BatchQuestion } from './schemas/batch-schema.ts';
import { createValidator } from './validator.ts';

/** What stands beside the questions of a batch has at most so many bytes: it is read again for each of them. */
export const MAXIMUM_DEFAULTS = 64 * 1024;

const PARTS = ['subject', 'action', 'resource', 'context'] as const;

const validate = createValidator(AccessQuestion);

/** The questions of a batch with what they do not say filled in, or what is wrong with them. */
export function batchItems(batch: BatchQuestion): readonly (AccessQuestion | Problem)[] {
  const defaults = PARTS.flatMap((name) => (isSaid(batch, name) ? [[name, batch[name]] as const] : []));
  if (Buffer.byteLength(JSON.stringify(defaults)) > MAXIMUM_DEFAULTS) {
    const message = `what all questions share may have ${MAXIMUM_DEFAULTS} bytes`;
    throw new Problem('invalid_request', message, { errors: [{ pointer: '', message }] });
  }
  return batch.evaluations.map((item) => {
    const question: Record<string, unknown> = Object.fromEntries(defaults);
    for (const name of PARTS) if (isSaid(item, name)) question[name] = item[name];
    if (isSaid(item, 'consistency')) return ofAll();
    const errors = validate(question);
    return errors === undefined
      ? (question as AccessQuestion)
      : new Problem('invalid_request', 'the question does not have the required form; see `errors`', {
          errors,
        });
  });
}

/** What one item demanded alone could not hold, since the facts of all are of one state. */
function ofAll(): Problem {
  const message = 'must stand beside `evaluations`: the facts of all items are of one state';
  return new Problem('invalid_request', `\`consistency\` ${message}`, {
    errors: [{ pointer: '/consistency', message }],
  });
}

/** `null` is absence. */
function isSaid(value: object, name: (typeof PARTS)[number] | 'consistency'): boolean {
  return Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] !== null;
}
