import type {
  ActionDeclaration,
  ActionSetDeclaration,
  Attribute,
  Declaration,
  EntityDeclaration,
  EnumDeclaration,
  LayerDeclaration,
  LetDeclaration,
  RoleDeclaration,
  SourceFile,
  TypeExpression,
} from '../../dsl/syntax/ast.ts';
import { type AttributeType, ROLE_ENUM, type Type } from '../../dsl/types/types.ts';

/** A layer and what stands after it in its file, in the order of the text. */
export interface Layer {
  readonly declaration: LayerDeclaration;
  readonly items: readonly Declaration[];
}

/** The declarations of a bundle by name, as they were written. */
export interface Declarations {
  readonly all: readonly Declaration[];
  readonly enums: ReadonlyMap<string, EnumDeclaration>;
  readonly entities: ReadonlyMap<string, EntityDeclaration>;
  readonly actions: readonly ActionDeclaration[];
  readonly actionSets: ReadonlyMap<string, ActionSetDeclaration>;
  readonly lets: ReadonlyMap<string, LetDeclaration>;
  readonly roles: ReadonlyMap<string, RoleDeclaration>;
  /** The attributes of `context` that every request has. */
  readonly context: readonly Attribute[];
  readonly claims: readonly string[];
  /** By number. */
  readonly layers: readonly Layer[];
}

/** Sorts the declarations of all files by their kind. */
export function collectDeclarations(files: readonly SourceFile[]): Declarations {
  const all = files.flatMap((file) => file.declarations);
  const ofKind = <K extends Declaration['kind']>(kind: K): Extract<Declaration, { kind: K }>[] =>
    all.filter((one): one is Extract<Declaration, { kind: K }> => one.kind === kind);
  const byName = <D extends { readonly name: { readonly text: string } }>(
    list: readonly D[],
  ): Map<string, D> => new Map(list.map((one) => [one.name.text, one]));
  return {
    all,
    enums: byName(ofKind('enum')),
    entities: byName(ofKind('entity')),
    actions: ofKind('action'),
    actionSets: byName(ofKind('actionSet')),
    lets: byName(ofKind('let')),
    roles: byName(ofKind('role')),
    context: ofKind('context').flatMap((one) => one.attributes),
    claims: ofKind('require').flatMap((one) => one.claims.map((claim) => claim.text)),
    layers: files.flatMap(layersOf).toSorted((a, b) => a.declaration.number - b.declaration.number),
  };
}

function layersOf(file: SourceFile): Layer[] {
  const layers: { declaration: LayerDeclaration; items: Declaration[] }[] = [];
  for (const one of file.declarations) {
    if (one.kind === 'layer') layers.push({ declaration: one, items: [] });
    else layers.at(-1)?.items.push(one);
  }
  return layers;
}

/** The type that a type expression stands for; optionality is no part of it. */
export function typeOf(expression: TypeExpression, declarations: Declarations): Type {
  switch (expression.kind) {
    case 'optionalType':
      return typeOf(expression.base, declarations);
    case 'unionType': {
      const members = expression.members.map((member) => typeOf(member, declarations));
      return {
        kind: 'reference',
        entities: members.flatMap((one) => (one.kind === 'reference' ? one.entities : [])),
      };
    }
    case 'recordType':
      return recordOf(expression.attributes, declarations);
    case 'genericType': {
      const [first, second] = expression.parameters.map((one) => typeOf(one, declarations));
      if (first === undefined) throw new Error(`${expression.constructorName} without a parameter`);
      if (expression.constructorName !== 'map') return { kind: expression.constructorName, element: first };
      if (second === undefined) throw new Error('map without a type of values');
      return { kind: 'map', key: first, value: second };
    }
    case 'namedType': {
      const name = expression.name.text;
      if (name === ROLE_ENUM || declarations.enums.has(name)) return { kind: 'enum', name };
      if (declarations.entities.has(name)) return { kind: 'reference', entities: [name] };
      return { kind: name } as Type;
    }
  }
}

/** The record type of these attributes. */
export function recordOf(attributes: readonly Attribute[], declarations: Declarations): Type {
  const types = attributes.map((one): [string, AttributeType] => [
    one.name.text,
    { type: typeOf(one.type, declarations), optional: one.type.kind === 'optionalType' },
  ]);
  return { kind: 'record', attributes: new Map(types) };
}
