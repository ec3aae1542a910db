import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { DecisionService } from '../decide/decision-service.ts';
import type { EmergencyService } from '../live/emergency-service.ts';
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

export interface HttpOptions {
  readonly ports: Ports;
  readonly decisions: DecisionService;
  readonly emergency: EmergencyService;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  /** True from the moment that every answer is the last of its connection. */
  readonly isFinishing: () => boolean;
  readonly log: Logger;
}

/** All routes behind their middleware. */
export function createHttp({ log, isFinishing, ...options }: HttpOptions): Express {
  const document = openApiDocument(ROUTES);
  const services: Services = { ...options, openApi: () => document };
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('case sensitive routing', true);
  app.use(beginExchange(isFinishing));
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) {
    const address = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of routes) address[route.method](...chainOf(route, services));
    address.all(methodNotAllowed(routes.map((route) => route.method)));
  }
  app.use(notFound);
  app.use(answerErrors(log, options.metrics));
  return app;
}

/** Who calls, then what they say, then the answer. */
function chainOf(route: Route, services: Services): RequestHandler[] {
  const chain: RequestHandler[] = [];
  if (route.scope !== 'open') {
    chain.push(authenticate(services.ports, route.scope, route.isDecision ?? false));
  }
  if (route.query !== undefined) chain.push(readQuery(route.query));
  if (route.body !== undefined) chain.push(readBody(route.body));
  const handle = route.handler(services);
  chain.push((request, response) => handle(request, response));
  return chain;
}
