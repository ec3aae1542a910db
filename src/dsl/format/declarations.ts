import {
  type Advice,
  assertNever,
  type Declaration,
  type Expression,
  type Grant,
  type LimitDeclaration,
  type Name,
  type Rate,
  type RateEntry,
  type RateTable,
  type RoleDeclaration,
  type RuleDeclaration,
  type Scope,
  type StringLiteral,
} from '../syntax/ast.ts';
import {
  concat,
  type Document,
  group,
  hardline,
  indent,
  join,
  line,
  mustBreak,
  separator,
  softline,
} from './document.ts';
import { clauseDocument, expressionDocument, parenthesized, stringText, underneath } from './expressions.ts';
import { endingRemarks, type Printing, withRemarks } from './printing.ts';
import {
  actionDocument,
  attributeItem,
  blockDocument,
  documented,
  enumMemberDocument,
  isParted,
  namesDocument,
  storageText,
  typeDocument,
} from './schema.ts';
import { decimal, testItemDocument } from './tests.ts';

/** What brings brackets of its own begins on the line of the `=`. */
const BRACKETED: ReadonlySet<Expression['kind']> = new Set(['listLiteral', 'setLiteral', 'recordLiteral']);

/** A declaration with its documentation, without the remarks around it. */
export function declarationDocument(declaration: Declaration, printing: Printing): Document {
  return documented(declaration.documentation, bareDocument(declaration, printing));
}

function bareDocument(node: Declaration, printing: Printing): Document {
  switch (node.kind) {
    case 'layer': {
      const grants = node.grants === undefined ? '' : ` grants ${node.grants.text}`;
      return `layer ${node.number} ${node.name.text} version ${node.version}${grants}`;
    }
    case 'enum': {
      const head = `enum ${node.name.text}${node.ordered ? ' ordered' : ''} `;
      return concat(head, blockDocument(node, node.members, enumMemberDocument, printing, separator));
    }
    case 'entity': {
      const head = `entity ${node.name.text} ${storageText(node.storage)} `;
      return concat(head, blockDocument(node, node.attributes, attributeItem(printing), printing));
    }
    case 'context':
      return concat('context ', blockDocument(node, node.attributes, attributeItem(printing), printing));
    case 'action':
      return actionDocument(node, printing);
    case 'actionSet': {
      const block = blockDocument(node, node.actions, (name) => name.text, printing, separator);
      return concat('actions ', node.name.text, ' ', block);
    }
    case 'require':
      return `require ${node.claims.map((claim) => claim.text).join(' and ')}`;
    case 'let': {
      const parameters = node.parameters?.map(({ name, type }) =>
        concat(name.text, ': ', typeDocument(type, printing)),
      );
      const list = parameters === undefined ? '' : parenthesized(join(concat(',', line), parameters));
      const value = expressionDocument(node.value, printing);
      const isBracketed = BRACKETED.has(node.value.kind);
      return concat(
        'let ',
        node.name.text,
        list,
        ' =',
        isBracketed ? concat(' ', value) : group(indent(line, value)),
      );
    }
    case 'role':
      return roleDocument(node, printing);
    case 'rule':
      return ruleDocument(node, printing);
    case 'cache': {
      const shared = node.shared === undefined ? '' : ` shared ${node.shared.text}`;
      const stale = node.stale === undefined ? '' : ` stale ${node.stale.text}`;
      return scoped(`cache ${node.verdict}:`, node.scope, `for ${node.lifetime.text}${shared}${stale}`);
    }
    case 'neverCache':
      return scoped('never cache:', node.scope);
    case 'deadline': {
      const within = `within ${node.within.text}`;
      return node.scope === undefined
        ? `deadline ${node.stage} ${within}`
        : scoped('deadline:', node.scope, within);
    }
    case 'audit': {
      const sample = node.sample === undefined ? '' : ` sample ${decimal(node.sample)}%`;
      return scoped(
        `audit ${node.verdict}:`,
        node.scope,
        `at ${node.level}${node.durable ? ' durable' : ''}${sample}`,
      );
    }
    case 'redact':
      return concat('redact ', expressionDocument(node.path, printing), ` ${node.method}`);
    case 'retain':
      return `retain ${node.lifetime.text}`;
    case 'mode': {
      const description = node.description === undefined ? '' : ` ${stringText(node.description)}`;
      const print = (rule: RuleDeclaration): Document =>
        documented(rule.documentation, ruleDocument(rule, printing));
      return concat(
        `mode ${node.name.text}${description} `,
        blockDocument(node, node.rules, print, printing, hardline, areRulesApart),
      );
    }
    case 'loss':
      return `loss of ${node.dependency.text}: ${node.enter === undefined ? 'continue' : `enter ${node.enter.text}`}`;
    case 'override':
      return concat(
        withRemarks(node.scope, scoped(`override ${node.name.text}:`, node.scope), printing),
        underneath([
          ...clause('when', node.condition, printing),
          group('waives ', indent(namesDocument(node.waives))),
          `expires after ${node.expiresAfter.text}`,
          ...reason(node.because, printing),
        ]),
      );
    case 'limit':
      return limitDocument(node, printing);
    case 'signal':
      return concat(
        withRemarks(
          node.scope,
          scoped(`signal ${node.name.text}:`, node.scope, `weight ${node.weight}`),
          printing,
        ),
        underneath(clause('when', node.condition, printing)),
      );
    case 'assert':
      return concat(
        withRemarks(
          node.scope,
          scoped(`assert ${node.name.text}: ${node.quantity} permit`, node.scope),
          printing,
        ),
        underneath(clause('when', node.condition, printing)),
      );
    case 'fixture': {
      const block = blockDocument(node, node.items, (item) => testItemDocument(item, printing), printing);
      return concat(`fixture ${node.name.text} `, block);
    }
    case 'test': {
      const using = node.fixtures.length === 0 ? '' : concat(' using ', namesDocument(node.fixtures));
      const block = blockDocument(node, node.items, (item) => testItemDocument(item, printing), printing);
      return concat('test ', stringText(node.title), using, ' ', block);
    }
    default:
      return assertNever(node);
  }
}

// -------------------------------------------------------------------------------------------------- scopes

function namesOrAny(names: readonly Name[] | 'any'): Document {
  return names === 'any' ? 'any' : indent(namesDocument(names));
}

/** `HEAD SCOPE TAIL`, broken before `on`, `by` and the tail when it does not fit. */
function scoped(head: string, scope: Scope, tail?: Document): Document {
  const rest = tail === undefined ? '' : concat(line, tail);
  return group(head, ' ', indent(scopeDocument(scope), rest));
}

function scopeDocument({ actions, resources, subjects }: Scope): Document {
  const on = concat(line, 'on ', namesOrAny(resources));
  const by = subjects === undefined ? '' : concat(line, 'by ', namesOrAny(subjects));
  return group(namesOrAny(actions), on, by);
}

// -------------------------------------------------------------------------------------------------- clauses

function clause(word: string, condition: Expression | undefined, printing: Printing): Document[] {
  return condition === undefined ? [] : [clauseDocument(word, condition, printing)];
}

function reason(because: StringLiteral | undefined, printing: Printing): Document[] {
  return because === undefined
    ? []
    : [withRemarks(because, concat('because ', stringText(because)), printing)];
}

function advises(advice: Advice | undefined, printing: Printing): Document[] {
  if (advice === undefined) return [];
  const list = advice.arguments.map((one, index) => {
    const comma = index < advice.arguments.length - 1 ? ',' : '';
    return withRemarks(
      one,
      concat(one.name.text, ': ', expressionDocument(one.value, printing), comma),
      printing,
    );
  });
  const ending = endingRemarks(advice, advice.arguments.at(-1), printing);
  const isBare = list.length === 0 && ending === undefined;
  const inner = list.length === 0 ? (ending ?? '') : concat(softline, join(line, list), ending ?? '');
  const args = isBare ? '' : group('(', indent(inner), softline, ')');
  return [withRemarks(advice, concat('advise ', advice.name.text, args), printing)];
}

function ruleDocument(rule: RuleDeclaration, printing: Printing): Document {
  return concat(
    withRemarks(rule.scope, scoped(`${rule.effect} ${rule.name.text}:`, rule.scope), printing),
    underneath([
      ...clause('when', rule.when, printing),
      ...clause('unless', rule.unless, printing),
      ...reason(rule.because, printing),
      ...advises(rule.advice, printing),
    ]),
  );
}

/** As between declarations: rules of several lines stand apart. */
function areRulesApart(previous: RuleDeclaration, next: RuleDeclaration, printing: Printing): boolean {
  const isTall = (rule: RuleDeclaration): boolean =>
    mustBreak(ruleDocument(rule, printing)) || rule.documentation !== undefined;
  return isTall(previous) || isTall(next) || isParted(previous, next, printing);
}

function roleDocument(role: RoleDeclaration, printing: Printing): Document {
  const parents =
    role.extends.length === 0 ? '' : concat(line, 'extends ', indent(namesDocument(role.extends)));
  const condition =
    role.condition === undefined
      ? ''
      : concat(line, 'when ', indent(expressionDocument(role.condition, printing)));
  const print = (grant: Grant): Document => documented(grant.documentation, grantDocument(grant, printing));
  const head = group('role ', role.name.text, indent(parents, condition));
  return concat(head, ' ', blockDocument(role, role.grants, print, printing));
}

function grantDocument(grant: Grant, printing: Printing): Document {
  const condition =
    grant.condition === undefined
      ? ''
      : concat(line, 'when ', indent(expressionDocument(grant.condition, printing)));
  return group(indent(scopeDocument(grant.scope), condition));
}

// --------------------------------------------------------------------------------------------------- limits

function limitDocument(limit: LimitDeclaration, printing: Printing): Document {
  const keys = limit.keys.map((key) => expressionDocument(key, printing));
  const each = concat(line, 'for each ', join(', ', keys));
  const rate =
    limit.rate.kind === 'rate'
      ? `to ${rateText(limit.rate)}`
      : concat('per ', expressionDocument(limit.rate.selector, printing));
  const head = group(`limit ${limit.name.text}: `, indent(scopeDocument(limit.scope), each, line, rate));
  const table = limit.rate.kind === 'rate' ? '' : concat(' ', tableDocument(limit.rate, printing));
  return concat(
    head,
    table,
    underneath([...reason(limit.because, printing), ...advises(limit.advice, printing)]),
  );
}

function rateText({ count, per, burst }: Rate): string {
  return `${count} per ${per.text}${burst === undefined ? '' : ` burst ${burst}`}`;
}

function tableDocument(table: RateTable, printing: Printing): Document {
  const print = ({ member, rate }: RateEntry): Document => `${member.text}: ${rateText(rate)}`;
  return blockDocument(table, table.entries, print, printing, separator);
}
