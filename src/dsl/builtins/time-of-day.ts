import { DURATION } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { DAY, localTime, modulo } from './support/zone-clock.ts';
import { checkZone, ZONE_LITERALS, ZONE_PARAMETERS } from './support/zone-parameters.ts';

export const timeOfDay = defineBuiltin({
  name: 'time.of_day',
  parameters: ZONE_PARAMETERS,
  returns: DURATION,
  purity: 'pure',
  summary: 'The time of day that a clock in a zone shows, as the duration since it shows midnight.',
  examples: [
    { call: 'time.of_day(time("2026-07-01T22:30:00Z"), "UTC")', result: '1350m' },
    { call: 'time.of_day(time("2026-07-01T22:30:00Z"), "Europe/Berlin")', result: '30m' },
  ],
  literals: ZONE_LITERALS,
  checkLiterals: checkZone,
  evaluate: ([time, zone]) => {
    const local = localTime(zone as string, time as number);
    return local === undefined ? UNKNOWN : modulo(local, DAY);
  },
  flip: (_args, now) => now + 1,
});
