import { createRequire } from 'node:module';
import type * as client from 'prom-client';

const require = createRequire(import.meta.url);

// Of prom-client what is used here. Its entry loads its figures of the process besides, and with them the API of OpenTelemetry:
// more than seventy files.
export const Counter = require('prom-client/lib/counter.js') as typeof client.Counter;
export type Counter<Label extends string = string> = client.Counter<Label>;
export const Gauge = require('prom-client/lib/gauge.js') as typeof client.Gauge;
export type Gauge<Label extends string = string> = client.Gauge<Label>;
export const Histogram = require('prom-client/lib/histogram.js') as typeof client.Histogram;
export type Histogram<Label extends string = string> = client.Histogram<Label>;
export const Registry = require('prom-client/lib/registry.js') as typeof client.Registry;
export type Registry = client.Registry;
