/** A longer file is not read (in UTF-16 code units; 1 MiB of ASCII). */
export const MAXIMUM_FILE_LENGTH = 1024 * 1024;

/** A name has at most so many characters, as in a request. */
export const MAXIMUM_NAME_LENGTH = 256;

/** Parentheses, lists, records, prefix operators and types may nest this deep. */
export const MAXIMUM_NESTING = 64;

/**
 * No expression is taller, chains of operators (which lean to the left) included. Everything behind the parser may
 * therefore walk a tree recursively.
 */
export const MAXIMUM_HEIGHT = 1000;

/** Where `closure(…, depth N)` may end. */
export const MAXIMUM_CLOSURE_DEPTH = 100;
