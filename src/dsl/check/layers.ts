import { SourceText } from '../source/source-text.ts';
import type { LayerDeclaration } from '../syntax/ast.ts';
import type { CheckedLayer, CheckedLimit, CheckedRule } from './bundle.ts';
import { type Findings, firstDeclared } from './findings.ts';
import { Namespace, type Symbols } from './symbols.ts';

/** A layer while its rules are still being added. */
export interface LayerDraft extends CheckedLayer {
  readonly rules: CheckedRule[];
  readonly limits: CheckedLimit[];
  /** Of rules, mode rules and limits. */
  readonly names: Namespace<true>;
  /** The next `order`. */
  nextOrder: number;
}

export interface ResolvedLayers {
  readonly byDeclaration: ReadonlyMap<LayerDeclaration, LayerDraft>;
  /** By number. */
  readonly layers: readonly LayerDraft[];
  /** In the order of `require`. */
  readonly claims: readonly string[];
}

/** Resolves layers and claims: `require` names exactly the claims that layers grant. */
export function resolveLayers(symbols: Symbols, findings: Findings): ResolvedLayers {
  const byDeclaration = new Map<LayerDeclaration, LayerDraft>();
  for (const declaration of symbols.layers.values()) {
    const { number, name, version, grants, documentation } = declaration;
    if (!Number.isSafeInteger(version) || version < 1) {
      findings.report('invalidVersion', declaration.span, { layer: name.text });
    }
    byDeclaration.set(declaration, {
      number,
      name: name.text,
      version,
      grants: grants?.text,
      declaration,
      documentation,
      rules: [],
      limits: [],
      names: new Namespace('rule', findings),
      nextOrder: 0,
    });
  }
  const layers = [...byDeclaration.values()].toSorted((a, b) => a.number - b.number);
  return { byDeclaration, layers, claims: resolveClaims(symbols, layers, findings) };
}

function resolveClaims(
  symbols: Symbols,
  layers: readonly LayerDraft[],
  findings: Findings,
): readonly string[] {
  const granted = new Map(
    layers.flatMap((layer) =>
      layer.declaration.grants ? [[layer.declaration.grants.text, layer] as const] : [],
    ),
  );
  const [require, ...others] = symbols.requires;
  if (require === undefined) {
    const at = layers[0]?.declaration.span ??
      symbols.files[0]?.span ?? { source: new SourceText('', ''), start: 0, end: 0 };
    const start = { ...at, end: Math.min(at.end, at.start + 1) };
    findings.report('missingRequire', layers.length > 0 ? at : start, {
      claims: [...granted.keys()].toSorted(),
    });
    return [];
  }
  for (const other of others) findings.report('repeatedRequire', other.span, {}, firstDeclared(require.span));
  const claims = new Namespace<true>('claim', findings);
  for (const name of require.claims) {
    if (!claims.declare(name, true) || granted.has(name.text)) continue;
    const suggestion = findings.nearest(name.text, granted.keys());
    findings.report('claimNotGranted', name.span, { claim: name.text, suggestion });
  }
  for (const layer of layers) {
    const { grants } = layer.declaration;
    if (grants === undefined || claims.get(grants.text)) continue;
    const suggestion = findings.nearest(grants.text, claims.values.keys());
    findings.report('claimNotRequired', grants.span, { claim: grants.text, suggestion });
  }
  return [...claims.values.keys()];
}
