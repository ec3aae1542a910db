import { INT } from '../types/types.ts';
import { UNKNOWN } from '../types/values.ts';
import { defineBuiltin } from './builtin.ts';
import { DAY, localTime, modulo, nextChange } from './support/zone-clock.ts';
import { checkZone, ZONE_LITERALS, ZONE_PARAMETERS } from './support/zone-parameters.ts';

/** The epoch was a Thursday. */
const DAYS_FROM_MONDAY_TO_EPOCH = 3;

export const timeWeekday = defineBuiltin({
  name: 'time.weekday',
  parameters: ZONE_PARAMETERS,
  returns: INT,
  purity: 'pure',
  summary:
    'The day of the week that a calendar in a zone shows at a time, from 1 for Monday to 7 for Sunday.',
  examples: [
    { call: 'time.weekday(time("2026-07-05T22:30:00Z"), "UTC")', result: '7' },
    { call: 'time.weekday(time("2026-07-05T22:30:00Z"), "Europe/Berlin")', result: '1' },
  ],
  literals: ZONE_LITERALS,
  checkLiterals: checkZone,
  evaluate: ([time, zone]) => {
    const local = localTime(zone as string, time as number);
    return local === undefined ? UNKNOWN : weekdayOf(local);
  },
  flip: ([time, zone], now) =>
    now - (time as number) + nextChange(zone as string, time as number, DAY, weekdayOf),
});

function weekdayOf(local: number): number {
  return modulo(Math.floor(local / DAY) + DAYS_FROM_MONDAY_TO_EPOCH, 7) + 1;
}
