import { INVISIBLE_CHARACTER } from '../../dsl/source/invisible-characters.ts';
import { type BundleFiles, canonicalText } from '../bundles/canonical-files.ts';
import { MAXIMUM_BUNDLE_BYTES, MAXIMUM_FILES } from '../bundles/read-bundle-files.ts';
import { PolicyRefusal } from './policy-refusal.ts';

/** Paths are no longer than this, in UTF-16 code units. */
const LONGEST_PATH = 1024;
const INVISIBLE = new RegExp(`${INVISIBLE_CHARACTER}|[\\t\\n\\r]`, 'u');

/**
 * Files as somebody sent them, in canonical form. Throws a `PolicyRefusal` for what no folder would hold: too many or too
 * large files, and paths that lead elsewhere, hide or are no policies.
 */
export function acceptFiles(files: Readonly<Record<string, string>>): BundleFiles {
  const accepted = new Map<string, string>();
  let bytes = 0;
  for (const [path, text] of Object.entries(files)) {
    const problem = problemWithPath(path);
    if (problem !== undefined) throw invalid(`the path ${JSON.stringify(path.slice(0, 200))} ${problem}`);
    if (!text.isWellFormed()) throw invalid(`${path} is no text: it has half of a character`);
    if (text.includes('\0')) throw invalid(`${path} is no text: it has a NUL`);
    bytes += Buffer.byteLength(text);
    accepted.set(path, canonicalText(text));
  }
  if (accepted.size === 0) throw invalid('there are no files');
  if (accepted.size > MAXIMUM_FILES) throw invalid(`there are more than ${MAXIMUM_FILES} files`);
  if (bytes > MAXIMUM_BUNDLE_BYTES) throw invalid(`the files have more than ${MAXIMUM_BUNDLE_BYTES} bytes`);
  return accepted;
}

function problemWithPath(path: string): string | undefined {
  if (path.length > LONGEST_PATH) return `has more than ${LONGEST_PATH} characters`;
  if (INVISIBLE.test(path)) return 'has invisible characters';
  if (!path.endsWith('.velro')) return 'does not end in .velro';
  if (path.includes('\\')) return 'has a backslash';
  const names = path.split('/');
  // As in a folder, where names that begin with a dot are left out.
  if (names.some((name) => name === '' || name.startsWith('.')))
    return 'is no path below the folder of a bundle, without hidden names';
  return undefined;
}

function invalid(message: string): PolicyRefusal {
  return new PolicyRefusal('invalid_bundle', message);
}
