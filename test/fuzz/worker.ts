import { parentPort, workerData } from 'node:worker_threads';
import { Campaign, type Finding } from './campaign.ts';
import { ReachedCode } from './reached-code.ts';
import { SharedInput } from './shared-input.ts';
import type { Target, TargetName } from './target.ts';
import { TARGETS } from './targets/index.ts';

export interface WorkerTask {
  readonly target: TargetName;
  readonly seed: number;
  readonly buffer: SharedArrayBuffer;
  /** Stops after so many milliseconds … */
  readonly milliseconds: number;
  /** … or so many inputs. */
  readonly inputs: number;
  /** For tests of the watch: tries an input that never ends. */
  readonly hangs?: boolean;
}

export type WorkerMessage =
  | {
      readonly kind: 'progress' | 'done';
      readonly tried: number;
      readonly pool: number;
      readonly blocks: number;
    }
  | { readonly kind: 'finding'; readonly finding: Finding };

const task = workerData as WorkerTask;
const say = (message: WorkerMessage): void => parentPort?.postMessage(message);
const shared = new SharedInput(task.buffer);
const reached = new ReachedCode();
const target: Target = task.hangs === true ? hanging() : await TARGETS[task.target]();
const campaign = new Campaign({
  target,
  seed: task.seed,
  reached,
  begin: (input) => shared.begin(input),
  report: (finding) => say({ kind: 'finding', finding }),
});
const state = () => ({ tried: campaign.tried, pool: campaign.poolSize, blocks: reached.blocks });
const endsAt = performance.now() + task.milliseconds;
await campaign.trySeeds();
const seeds = campaign.tried;
let toldAt = 0;
while (performance.now() < endsAt && campaign.tried - seeds < task.inputs) {
  await campaign.tryBatch(task.inputs - (campaign.tried - seeds));
  if (performance.now() - toldAt > 500) {
    toldAt = performance.now();
    say({ kind: 'progress', ...state() });
  }
}
await target.close?.();
reached.close();
say({ kind: 'done', ...state() });

function hanging(): Target {
  return {
    name: task.target,
    seeds: ['an input that never ends'],
    generate: () => '',
    mutate: () => '',
    check() {
      for (;;);
    },
  };
}
