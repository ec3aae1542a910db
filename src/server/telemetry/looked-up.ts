import { Gauge, type Registry } from './prometheus.ts';

/** Registers a gauge whose values are looked up whenever somebody asks for them. */
export function lookedUp<T extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly T[],
  collect: (gauge: Gauge<T>) => void,
): void {
  const gauge: Gauge<T> = new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      // A value that is not there any more must not stay.
      gauge.reset();
      collect(gauge);
    },
  });
}
