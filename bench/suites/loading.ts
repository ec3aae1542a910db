import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, spreadOf } from '../support/statistics.ts';
import type { Suite } from '../support/suite.ts';

const CHILD = fileURLToPath(new URL('../support/load-child.ts', import.meta.url));
const RULES = 10_000;
const RUNS = { full: 9, quick: 1 };

interface Loaded {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export const loading: Suite = {
  name: 'loading',
  summary: 'time and memory that a bundle of 10,000 rules takes to load, each time in a new process',
  async run({ quick }) {
    const runs = Array.from({ length: quick ? RUNS.quick : RUNS.full }, load);
    const milliseconds = runs.map((run) => run.milliseconds);
    const megabytes = runs.map((run) => run.megabytes);
    return [
      {
        name: 'loading/10000-rules/time',
        value: median(milliseconds) / 1000,
        unit: 's',
        spread: { low: spreadOf(milliseconds).low / 1000, high: spreadOf(milliseconds).high / 1000 },
        target: { atMost: 1.5 },
        note: 'from text to an engine: lexing, parsing, checking, compiling',
      },
      {
        name: 'loading/10000-rules/heap',
        value: median(megabytes),
        unit: 'MB',
        spread: spreadOf(megabytes),
        note: 'growth of the heap after collecting garbage',
      },
    ];
  },
};

function load(): Loaded {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', CHILD, String(RULES)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`loading failed: ${stderr}`);
  return JSON.parse(stdout) as Loaded;
}
