/**
 * Writes demo/facts.jsonl, the made-up facts of the demo. Each run writes the same.
 *
 *   node scripts/generate-demo-facts.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoFacts, renderFacts } from './support/demo-facts.ts';

const target = fileURLToPath(new URL('../demo/facts.jsonl', import.meta.url));
const records = demoFacts();
writeFileSync(target, renderFacts(records));
process.stdout.write(`${records.length} records written to demo/facts.jsonl\n`);
