import { nearestName } from '../diagnostics/nearest-name.ts';
import type {
  AuditDeclaration,
  AuditLevel,
  CacheDeclaration,
  DeadlineDeclaration,
  DurationLiteral,
  NeverCacheDeclaration,
  RedactDeclaration,
  RetainDeclaration,
  Scope,
} from './ast.ts';
import { AUDIT_LEVELS } from './ast.ts';
import { expected } from './parser-base.ts';
import { RuleParser } from './parser-rules.ts';
import {
  At,
  Audit,
  Authentication,
  Cache,
  Colon,
  Deadline,
  Deny,
  Drop,
  Durable,
  Float,
  For,
  HashWord,
  Identifier,
  Integer,
  Never,
  Percent,
  Permit,
  Redact,
  Retain,
  Sample,
  Shared,
  Stale,
  Within,
} from './tokens.ts';

const VERDICT = 'a verdict (`permit` or `deny`)';

/** The rules of layers 7 and 8: caching, deadlines, audit. */
export abstract class OperationsParser extends RuleParser {
  protected readonly verdict = this.RULE('verdict', (): 'permit' | 'deny' => {
    return this.OR({
      DEF: [{ ALT: () => this.word(Permit, 'permit') }, { ALT: () => this.word(Deny, 'deny') }],
      ERR_MSG: VERDICT,
    });
  });

  // ----------------------------------------------------------------------------------- caching and deadlines

  /** `cache permit: SCOPE for 3m shared 10m stale 30s`. */
  protected readonly cacheDeclaration = this.RULE('cacheDeclaration', (): CacheDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let shared: DurationLiteral | undefined;
    let stale: DurationLiteral | undefined;
    this.CONSUME(Cache);
    const verdict = this.SUBRULE(this.verdict);
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    this.CONSUME(For, expected('`for` and a duration'));
    const lifetime = this.SUBRULE(this.duration);
    this.OPTION(() => {
      this.CONSUME(Shared);
      shared = this.SUBRULE2(this.duration);
    });
    this.OPTION2(() => {
      this.CONSUME(Stale);
      stale = this.SUBRULE3(this.duration);
    });
    return {
      kind: 'cache',
      span: this.spanFrom(start),
      documentation,
      verdict,
      scope,
      lifetime,
      shared,
      stale,
    };
  });

  protected readonly neverCacheDeclaration = this.RULE('neverCacheDeclaration', (): NeverCacheDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Never);
    this.CONSUME(Cache);
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    return { kind: 'neverCache', span: this.spanFrom(start), documentation, scope };
  });

  /** `deadline: SCOPE within D`, `deadline authentication within D`. */
  protected readonly deadlineDeclaration = this.RULE('deadlineDeclaration', (): DeadlineDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let stage: DeadlineDeclaration['stage'] = 'authorization';
    let scope: Scope | undefined;
    this.CONSUME(Deadline);
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Colon);
            scope = this.SUBRULE(this.scope);
          },
        },
        {
          ALT: () => {
            this.CONSUME(Authentication);
            stage = 'authentication';
          },
        },
      ],
      ERR_MSG: '`:` and a scope, or `authentication`',
    });
    this.CONSUME(Within, expected('`within` and a duration'));
    const within = this.SUBRULE(this.duration);
    return { kind: 'deadline', span: this.spanFrom(start), documentation, stage, scope, within };
  });

  // --------------------------------------------------------------------------------------------------- audit

  /** `audit deny: SCOPE at warning [durable] [sample 10%]`. */
  protected readonly auditDeclaration = this.RULE('auditDeclaration', (): AuditDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let durable = false;
    let sample: number | undefined;
    this.CONSUME(Audit);
    const verdict = this.SUBRULE(this.verdict);
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    this.CONSUME(At, expected('`at` and a level'));
    const level = this.#auditLevel(this.CONSUME(Identifier, expected('a level')));
    this.OPTION(() => {
      this.CONSUME(Durable);
      durable = true;
    });
    this.OPTION2(() => {
      this.CONSUME(Sample);
      sample = this.SUBRULE(this.percentage);
    });
    const span = this.spanFrom(start);
    return { kind: 'audit', span, documentation, verdict, scope, level, durable, sample };
  });

  #auditLevel(token: { readonly image: string }): AuditLevel {
    const level = AUDIT_LEVELS.find((one) => one === token.image);
    if (level !== undefined || this.RECORDING_PHASE) return level ?? 'info';
    const nearest = nearestName(token.image, AUDIT_LEVELS);
    this.report('expectedToken', this.tokenSpan(this.LA(0)), {
      expected: 'a level',
      found: `\`${token.image}\``,
      help: nearest
        ? `did you mean \`${nearest}\`?`
        : `the levels are ${AUDIT_LEVELS.map((one) => `\`${one}\``).join(', ')}`,
    });
    return 'info';
  }

  private readonly percentage = this.RULE('percentage', (): number => {
    const token = this.OR({
      DEF: [{ ALT: () => this.CONSUME(Integer) }, { ALT: () => this.CONSUME(Float) }],
      ERR_MSG: 'a percentage such as `10%`',
    });
    this.CONSUME(Percent, expected('`%`'));
    const value = Number(token.image);
    if (!(value > 0 && value <= 100)) {
      const found = `${token.image}%`;
      this.report('outOfRange', this.tokenSpan(token), {
        what: 'a sample',
        range: 'over 0% and at most 100%',
        found,
      });
    }
    return value;
  });

  /** `redact subject.email drop`. */
  protected readonly redactDeclaration = this.RULE('redactDeclaration', (): RedactDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Redact);
    const path = this.SUBRULE(this.postfix);
    const method = this.OR({
      DEF: [{ ALT: () => this.word(HashWord, 'hash') }, { ALT: () => this.word(Drop, 'drop') }],
      ERR_MSG: '`hash` or `drop`',
    });
    return { kind: 'redact', span: this.spanFrom(start), documentation, path, method };
  });

  protected readonly retainDeclaration = this.RULE('retainDeclaration', (): RetainDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Retain);
    const lifetime = this.SUBRULE(this.duration);
    return { kind: 'retain', span: this.spanFrom(start), documentation, lifetime };
  });
}
