import type { Target, TargetName } from '../target.ts';
import { checkerTarget } from './checker.ts';
import { decideTarget } from './decide.ts';
import { formatterTarget, lexerTarget, parserTarget } from './syntax.ts';

/** Makes a target ready. */
export const TARGETS: { readonly [N in TargetName]: () => Target | Promise<Target> } = {
  lexer: () => lexerTarget(),
  parser: () => parserTarget(),
  checker: () => checkerTarget(),
  formatter: () => formatterTarget(),
  decide: () => decideTarget(),
};
