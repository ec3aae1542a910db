/** In how many expectations of the bundle's tests a rule, grant, limit, signal or override counted. */
export interface MatchedRule {
  /** `layer.rule`. */
  readonly name: string;
  readonly kind: string;
  readonly matched: number;
}
