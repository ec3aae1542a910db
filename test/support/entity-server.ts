import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ports } from '../../src/server/ports.ts';
import type { Database } from '../../src/server/store/database.ts';
import { writeSmallBundle } from './small-bundle.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Types of every storage and key, with attributes of every type. */
export const ENTITY_SCHEMA = `
enum mood ordered { low, high, top as "very high" }
entity thing stored {
  id: uuid
  flag: bool
  size: int = 3
  ratio: float?
  label: string from "the label"
  key: uuid?
  address: ip?
  network: cidr?
  at: time?
  lasts: duration?
  mood: mood?
  owner: user?
  about: user | document | counter?
  tags: set<string> = {}
  steps: list<float> = []
  moods: map<mood, int> = {}
  friends: map<user | counter, time> = {}
  place: { street: string, number: int?, gates: list<{ open: bool }>? }?
  parent: thing?
  ancestors: set<thing> = closure(parent, depth 3)
  supplied device: string?
  supplied or stored nick: string?
  live last_seen: { at: time }?
}
entity counter stored { id: int, note: string? }
entity page from table pages {
  id: uuid
  title: string
  stored viewers: map<user, time> = {}
  stored note: string
}
entity plain from table plains { title: string }
entity bulk stored { note: string? }
`;

/** A server over this database whose bundle is the small one and the types above. */
export async function startEntityServer(
  database: () => Database,
  adapt: (ports: Ports) => Ports = (ports) => ports,
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-entities-'));
  writeSmallBundle(folder);
  writeFileSync(join(folder, 'policies', 'things.velro'), ENTITY_SCHEMA);
  return startTestServer({ adapt: (ports) => adapt({ ...ports, database: database() }) }, folder);
}

/** What the audit log holds of entities. */
export async function entityRecords(
  server: TestServer,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await server.auditRecords()).filter(({ kind }) => kind === 'entity');
}
