import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { once } from '../../engine/once.ts';
import type { DecisionService } from '../decide/decision-service.ts';
import type { EntityService } from '../entities/entity-service.ts';
import type { EmergencyService } from '../live/emergency-service.ts';
import type { PolicyAdministration } from '../policies/policy-administration.ts';
import type { Ports } from '../ports.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerErrors } from './middleware/answer-errors.ts';
import { authenticate } from './middleware/authenticate.ts';
import { beginExchange } from './middleware/exchange.ts';
import { methodNotAllowed } from './middleware/method-not-allowed.ts';
import { notFound } from './middleware/not-found.ts';
import { readBody } from './middleware/read-body.ts';
import { readQuery } from './middleware/read-query.ts';
import { openApiDocument } from './openapi-document.ts';
import type { Route, Services } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { createTurn } from './turn.ts';

export interface HttpOptions {
  readonly ports: Ports;
  readonly decisions: DecisionService;
  readonly emergency: EmergencyService;
  readonly entities: EntityService;
  readonly policies: PolicyAdministration;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  /** True from the moment that every answer is the last of its connection. */
  readonly isFinishing: () => boolean;
  readonly log: Logger;
}

/** All routes behind their middleware. */
export function createHttp({ log, isFinishing, ...options }: HttpOptions): Express {
  const services: Services = { ...options, openApi: once(() => openApiDocument(ROUTES)) };
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('case sensitive routing', true);
  app.use(beginExchange(isFinishing, createTurn()));
  // Express tries one address after the other: what is asked all the time comes first.
  const decisionsFirst = ROUTES.toSorted(
    (a, b) => Number(b.isDecision ?? false) - Number(a.isDecision ?? false),
  );
  for (const [path, routes] of Map.groupBy(decisionsFirst, (route) => route.path)) {
    const address = app.route(expressPath(path));
    for (const route of routes) address[route.method](...chainOf(route, services));
  }
  // After all of them: what one address does not take, another may that has a parameter there.
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const methods = ROUTES.filter((route) => covers(route.path, path)).map((route) => route.method);
    app.all(expressPath(path), methodNotAllowed(methods));
  }
  app.use(notFound);
  app.use(answerErrors(log, options.metrics));
  return app;
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Whether every address of `path` is one of `other`, too. */
function covers(other: string, path: string): boolean {
  const parts = path.split('/');
  const others = other.split('/');
  return (
    others.length === parts.length &&
    others.every((part, index) => part === parts[index] || part.startsWith('{'))
  );
}

/** Who calls, then what they say, then the answer. */
function chainOf(route: Route, services: Services): RequestHandler[] {
  const chain: RequestHandler[] = [];
  if (route.scope !== 'open') {
    chain.push(authenticate(services.ports, route.scope, route.isDecision ?? false));
  }
  if (route.query !== undefined) chain.push(readQuery(route.query));
  if (route.body !== undefined) chain.push(readBody(route.body, route.bodyBytes));
  const handle = route.handler(services);
  chain.push((request, response) => handle(request, response));
  return chain;
}
