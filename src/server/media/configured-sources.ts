import { existsSync } from 'node:fs';
import type { WorldSource } from '../../dsl/builtins/builtin.ts';
import { StartError } from '../config/start-error.ts';
import { followMediaKeys } from './follow-media-keys.ts';
import { mediaTokenSource } from './media-token-source.ts';

/**
 * The sources that this installation has configured: `media.token_valid` where the file of media keys is there. Throws a
 * `StartError` when that file holds no keys; should it be lost later, what was asked of it is unknown.
 */
export function configuredSources(mediaKeys: string): Readonly<Record<string, WorldSource>> {
  if (!existsSync(mediaKeys)) return {};
  const keys = followMediaKeys(mediaKeys);
  if (keys() === undefined) {
    throw new StartError(
      `${mediaKeys} holds no media keys: repair it, or make new ones with \`velro media-token rotate\``,
    );
  }
  return { 'media.token_valid': mediaTokenSource(keys) };
}
