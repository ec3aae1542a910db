// Suites for tests of how suites are measured in processes of their own; this is the program of such a process.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { answerOrder } from '../../bench/support/apart.ts';
import type { Suite } from '../../bench/support/suite.ts';

const SUITES: readonly Suite[] = [
  {
    name: 'measured',
    summary: 'gives the number of its process, and what it was asked for',
    run: async ({ part, quick }) => [
      { name: `measured/${part ?? 'whole'}`, value: process.pid, unit: quick ? 'quickly' : 'in full' },
    ],
  },
  {
    name: 'differing',
    summary: 'finds that what it compares differs',
    run: async () => {
      throw new Error('the answers differ');
    },
  },
  { name: 'ended', summary: 'ends its process', run: async () => process.exit(3) },
  {
    name: 'hanging',
    summary:
      'starts a program, writes the numbers of both processes to the file that its part names, and never ends',
    run: ({ part = '' }) => {
      const program = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      writeFileSync(part, `${process.pid} ${program.pid}\n`);
      return new Promise(() => setInterval(() => {}, 1_000));
    },
  },
];

answerOrder(SUITES);
