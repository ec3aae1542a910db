/**
 * As much of the peers' interfaces as is used here, so that the project's types can be checked without installing what
 * only the benchmarks need.
 */
declare module '@cedar-policy/cedar-wasm/nodejs' {
  export interface CedarUid {
    readonly type: string;
    readonly id: string;
  }
  export interface CedarEntity {
    readonly uid: CedarUid;
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly parents: readonly CedarUid[];
  }
  export interface StatefulAuthorizationCall {
    readonly principal: CedarUid;
    readonly action: CedarUid;
    readonly resource: CedarUid;
    readonly context: Readonly<Record<string, unknown>>;
    readonly preparsedPolicySetId: string;
    readonly entities: readonly CedarEntity[];
  }
  export type AuthorizationAnswer =
    | {
        readonly type: 'success';
        readonly response: {
          readonly decision: 'allow' | 'deny';
          readonly diagnostics: { readonly errors: readonly unknown[] };
        };
      }
    | { readonly type: 'failure'; readonly errors: readonly unknown[] };
  export function preparsePolicySet(
    id: string,
    policies: { readonly staticPolicies: string },
  ): { readonly type: 'success' | 'failure' };
  export function statefulIsAuthorized(call: StatefulAuthorizationCall): AuthorizationAnswer;
}

declare module 'casbin' {
  export interface Enforcer {
    addFunction(name: string, run: (...args: never[]) => boolean): Promise<void>;
    enforceSync(...request: readonly unknown[]): boolean;
  }
  export function newEnforcer(model: string, policy: string): Promise<Enforcer>;
}
