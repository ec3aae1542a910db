import type { WorldSource } from '../../dsl/builtins/builtin.ts';
import { UNKNOWN } from '../../dsl/types/values.ts';
import { checkMediaToken, type MediaKeys } from './media-token.ts';

/** Answers `media.token_valid(token, method, path, subject)`; unknown while there are no keys to be had. */
export function mediaTokenSource(current: () => MediaKeys | undefined): WorldSource {
  return (args, { now }) => {
    const [token, method, path, subject] = args as readonly [string, string, string, string];
    const keys = current();
    return keys === undefined ? UNKNOWN : checkMediaToken(keys, token, { method, path, subject, now });
  };
}
