import { type Expression, parseSync, Visitor } from 'oxc-parser';

/** One `import`, `export … from`, `import()` or `import('…')` type of a source file. */
export interface Import {
  /** As written; undefined for an `import()` of a computed path. */
  readonly specifier: string | undefined;
  /** `type`: gone after compilation. `dynamic`: evaluated when reached, so that it closes no cycle. */
  readonly kind: 'static' | 'dynamic' | 'type';
}

/** What the house rules want to know of a source file. */
export interface SourceFile {
  readonly imports: readonly Import[];
  /** Uses of the clock, of chance or of the process, such as `Date.now`. */
  readonly impurities: readonly string[];
}

/** Globals of which no member may be used where the answer must hang on the arguments alone. */
const IMPURE_OBJECTS = new Set(['console', 'crypto', 'globalThis', 'performance', 'process', 'Temporal']);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random']);
const IMPURE_CALLS = new Set([
  'Date',
  'fetch',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

/** Reads TypeScript. Throws on text that does not parse, so that nothing is passed over. */
export function readSourceFile(path: string, text: string): SourceFile {
  const { errors, program } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const imports: Import[] = [];
  const impurities: string[] = [];
  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers.filter((specifier) => specifier.type === 'ImportSpecifier');
      const areTypes = named.length > 0 && named.length === node.specifiers.length && named.every(isType);
      const kind = node.importKind === 'type' || areTypes ? 'type' : 'static';
      imports.push({ specifier: node.source.value, kind });
    },
    ExportNamedDeclaration(node) {
      if (node.source === null) return;
      const areTypes =
        node.specifiers.length > 0 && node.specifiers.every((one) => one.exportKind === 'type');
      const kind = node.exportKind === 'type' || areTypes ? 'type' : 'static';
      imports.push({ specifier: node.source.value, kind });
    },
    ExportAllDeclaration(node) {
      imports.push({ specifier: node.source.value, kind: node.exportKind === 'type' ? 'type' : 'static' });
    },
    ImportExpression(node) {
      imports.push({ specifier: literalOf(node.source), kind: 'dynamic' });
    },
    TSImportType(node) {
      imports.push({ specifier: node.source.value, kind: 'type' });
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier') return;
      const { name } = node.object;
      const property = node.property.type === 'Identifier' ? node.property.name : literalOf(node.property);
      const member = `${name}.${property ?? '?'}`;
      if (IMPURE_OBJECTS.has(name) || IMPURE_MEMBERS.has(member)) impurities.push(member);
    },
    NewExpression(node) {
      const isDate = node.callee.type === 'Identifier' && node.callee.name === 'Date';
      if (isDate && node.arguments.length === 0) impurities.push('new Date()');
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && IMPURE_CALLS.has(node.callee.name)) {
        impurities.push(`${node.callee.name}()`);
      }
    },
  }).visit(program);
  return { imports, impurities };
}

function isType(specifier: { readonly importKind?: string }): boolean {
  return specifier.importKind === 'type';
}

function literalOf(node: Expression | { readonly type: 'PrivateIdentifier' }): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
