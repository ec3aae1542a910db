import { BOOL, STRING } from '../types/types.ts';
import { defineBuiltin } from './builtin.ts';
import { matchPath, pathPatternProblem } from './support/path-pattern.ts';

export const pathMatches = defineBuiltin({
  name: 'path.matches',
  parameters: [
    { name: 'path', type: STRING },
    { name: 'pattern', type: STRING },
  ],
  returns: BOOL,
  purity: 'pure',
  summary:
    'Whether a path has the segments of a literal pattern after percent-decoding, where `:name` takes any one segment and a last `*` one or more; unknown for a path that servers may read differently, such as one with `..`, `//` or an encoded slash.',
  examples: [
    { call: 'path.matches("/generations/7/share", "/generations/:id/share")', result: 'true' },
    { call: 'path.matches("/generations/7", "/generations/:id/share")', result: 'false' },
    { call: 'path.matches("/generations/", "/generations/:id")', result: 'false' },
    { call: 'path.matches("/media/7/thumbnails/small", "/media/:id/*")', result: 'true' },
    { call: 'path.matches("/generations/../admin", "/generations/*")', result: 'unknown' },
  ],
  literals: [1],
  checkLiterals: ([, pattern]) => (typeof pattern === 'string' ? pathPatternProblem(pattern) : undefined),
  evaluate: ([path, pattern]) => matchPath(path as string, pattern as string),
});
