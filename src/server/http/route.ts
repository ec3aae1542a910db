import type { TSchema } from 'typebox';
import type { DecisionService } from '../decide/decision-service.ts';
import type { EntityService } from '../entities/entity-service.ts';
import type { EmergencyService } from '../live/emergency-service.ts';
import type { PolicyAdministration } from '../policies/policy-administration.ts';
import type { Ports, Scope } from '../ports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Handler } from './exchange.ts';
import type { ProblemCode } from './problem-catalogue.ts';

/** What handlers work with. */
export interface Services {
  readonly ports: Ports;
  readonly decisions: DecisionService;
  readonly emergency: EmergencyService;
  readonly entities: EntityService;
  readonly policies: PolicyAdministration;
  readonly metrics: Metrics;
  /** True from the moment that the server was told to stop. */
  readonly isDraining: () => boolean;
  /** The description of all routes, as OpenAPI 3.1. */
  readonly openApi: () => unknown;
}

export interface RouteAnswer {
  readonly description: string;
  readonly schema: TSchema;
  /** JSON unless given. */
  readonly contentType?: string;
}

/** One route: how it is reached, what it takes, what it answers. OpenAPI is made of this. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In the spelling of OpenAPI: `/emergency/modes/{name}`. */
  readonly path: string;
  /** `operationId`, unique. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: 'Decisions' | 'Emergency' | 'Entities' | 'Operations' | 'Policies';
  /** What a caller's key must be good for; `open` is answered without one. */
  readonly scope: Scope | 'open';
  /** A decision that `deadline authentication` denies when it took too long to know the caller. */
  readonly isDecision?: boolean;
  readonly body?: TSchema;
  /** So many bytes a body may have; 64 KiB unless given. */
  readonly bodyBytes?: number;
  /** Of each line, where the body is JSON Lines: the handler reads it as it comes. */
  readonly lines?: TSchema;
  readonly query?: TSchema;
  /** Headers that the handler reads, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Beyond those that follow from having a body, a query or a key. */
  readonly problems: readonly ProblemCode[];
  readonly handler: (services: Services) => Handler;
}
