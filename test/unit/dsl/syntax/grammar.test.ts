import { expect } from 'chai';
import { Lexer } from 'chevrotain';
import { DECLARATION_WORDS } from '../../../../src/dsl/syntax/lookahead.ts';
import { PolicyParser } from '../../../../src/dsl/syntax/parser.ts';
import { KEYWORDS, LEXED_TOKENS } from '../../../../src/dsl/syntax/tokens.ts';

// Both are skipped at run time, where they would cost a part of every start.
describe('the grammar', () => {
  it('is free of ambiguities that no gate resolves', () => {
    expect(() => new PolicyParser({ validate: true })).not.to.throw();
  });

  it('has tokens that chevrotain finds no fault with', () => {
    const lexer = new Lexer([...LEXED_TOKENS], { positionTracking: 'onlyOffset', ensureOptimizations: true });
    expect(lexer.lexerDefinitionErrors).to.deep.equal([]);
  });

  it('begins declarations with keywords', () => {
    expect(DECLARATION_WORDS).to.have.length.greaterThan(20);
    expect(DECLARATION_WORDS.filter((word) => !KEYWORDS.has(word))).to.deep.equal([]);
  });
});
