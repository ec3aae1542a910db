import type { FactSource } from '../ports.ts';

/** Says in an answer how its facts came to be known. */
export const CACHE_HEADERS: Readonly<Record<FactSource, Readonly<Record<string, string>>>> = {
  'l1-hit': { 'Velro-Cache': 'l1-hit' },
  'l2-hit': { 'Velro-Cache': 'l2-hit' },
  'l3-hit': { 'Velro-Cache': 'l3-hit' },
  miss: { 'Velro-Cache': 'miss' },
  bypass: { 'Velro-Cache': 'bypass' },
};
