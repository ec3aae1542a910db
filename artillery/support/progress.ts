import type { Pace } from './run-artillery.ts';

/** Says how far a run is: on a terminal each second, elsewhere once. Returns what ends it. */
export function showProgress({ rate, seconds, warmUp }: Pace): { stop(): void } {
  const { stderr } = process;
  const all = warmUp.seconds + seconds;
  stderr.write(`load: ${rate} requests/s for ${seconds} s, after ${warmUp.seconds} s to warm up …\n`);
  if (!stderr.isTTY) return { stop: () => undefined };
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const passed = Math.floor((performance.now() - startedAt) / 1000);
    stderr.write(`\r\u001b[K  ${passed < all ? `${passed} of ${all} s` : 'collecting the figures …'}`);
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      stderr.write('\r\u001b[K');
    },
  };
}
