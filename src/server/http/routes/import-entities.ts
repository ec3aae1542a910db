import type { IncomingHttpHeaders } from 'node:http';
import { type ImportOutcome, MAXIMUM_LINE } from '../../entities/import-lines.ts';
import { linesOf } from '../../read-lines.ts';
import { aboutOf } from '../about-of.ts';
import { bodyChunks } from '../body-chunks.ts';
import { exchangeOf } from '../exchange.ts';
import { JSON_LINES, lineAnswer } from '../line-answer.ts';
import { problemOf } from '../middleware/answer-errors.ts';
import { Problem, problemDocument } from '../problem.ts';
import type { Route } from '../route.ts';
import { EntityLine, type ImportLine, ImportLine as ImportLineSchema } from '../schemas/entity-schema.ts';
import { hurryAgain, takeItsTime } from '../slow-requests.ts';

/** So much of what follows on a line that cannot be stored is read, so that its sender gets to read the answer. */
const MAXIMUM_DISCARDED = 256 * 1024 * 1024;

export const importEntities: Route = {
  method: 'post',
  path: '/entities/bulk',
  name: 'importEntities',
  summary: 'Write and delete many entities',
  description:
    'Takes JSON Lines and stores them in batches of 1,000 (fewer where they are long): a batch is stored as a whole or not at all, and the first that cannot be is the last. The answer is JSON Lines too, one after each batch and one at the end. When nothing is stored at all, the answer is a problem. Of several lines about one entity the last counts.',
  tag: 'Entities',
  scope: 'admin',
  lines: EntityLine,
  answers: {
    200: {
      description: 'How far it is, after each batch; the last line says whether all is stored',
      schema: ImportLineSchema,
      contentType: JSON_LINES,
    },
  },
  problems: [
    'audit_unavailable',
    'database_unavailable',
    'invalid_lines',
    'malformed_http',
    'request_timeout',
    'unsupported_content_encoding',
    'unsupported_content_type',
  ],
  handler:
    ({ entities, metrics }) =>
    async (request, response) => {
      checkHeaders(request.headers);
      takeItsTime(request);
      response.once('close', () => hurryAgain(request));
      const body = bodyChunks(request);
      const answer = lineAnswer(response);
      let progress: Omit<ImportLine, 'state'> = { lines: 0, created: 0, replaced: 0, deleted: 0 };
      let failure: Error | undefined;
      try {
        const outcome = await entities.importLines(
          linesOf(body.chunks, MAXIMUM_LINE),
          aboutOf(response),
          (stored) => {
            progress = stored;
            return answer.write({ state: 'progress', ...stored });
          },
        );
        progress = outcome.progress;
        if (!outcome.ok) failure = problemOfImport(outcome);
      } catch (error) {
        failure = error as Error;
      }
      // The client is gone: what was acknowledged is stored, and nobody reads the rest.
      if (request.errored !== null || response.destroyed) return;
      if (failure === undefined) {
        await answer.write({ state: 'done', ...progress });
        return answer.end();
      }
      if (!answer.hasBegun) {
        if (!isTimeout(failure)) await body.discard(MAXIMUM_DISCARDED).catch(() => {});
        response.setHeader('Connection', 'close');
        throw failure;
      }
      const problem = problemOf(failure);
      metrics.refused(problem.code);
      const { requestId } = exchangeOf(response);
      await answer.write({
        state: 'failed',
        ...progress,
        problem: problemDocument(problem.code, problem.message, requestId, problem.errors),
      });
      if (!isTimeout(failure)) await body.discard(MAXIMUM_DISCARDED).catch(() => {});
      answer.end();
      // A bug is one also after the answer has begun.
      if (problem.code === 'internal_error') throw failure;
    },
};

function problemOfImport({ refusal, detail, errors }: Extract<ImportOutcome, { ok: false }>): Problem {
  return new Problem(refusal, detail, errors === undefined ? {} : { errors });
}

function isTimeout(failure: unknown): boolean {
  return failure instanceof Problem && failure.code === 'request_timeout';
}

function checkHeaders(headers: IncomingHttpHeaders): void {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== JSON_LINES)
    throw new Problem('unsupported_content_type', `send \`Content-Type: ${JSON_LINES}\`, in UTF-8`);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Problem('unsupported_content_encoding', 'send the body as it is', {
      headers: { 'Accept-Encoding': 'identity' },
    });
}
