import { expect } from 'chai';
import { timeHour } from '../../../../src/dsl/builtins/time-hour.ts';
import { timeOfDay } from '../../../../src/dsl/builtins/time-of-day.ts';
import { timeWeekday } from '../../../../src/dsl/builtins/time-weekday.ts';
import { UNKNOWN } from '../../../../src/dsl/types/values.ts';

const WORLD = { now: 0, sources: {} };
const at = (text: string) => Date.parse(text);
const hour = (text: string, zone: string) => timeHour.evaluate?.([at(text), zone], WORLD);
const weekday = (text: string, zone: string) => timeWeekday.evaluate?.([at(text), zone], WORLD);
const ofDay = (text: string, zone: string) => timeOfDay.evaluate?.([at(text), zone], WORLD);

/** When the result changes next, for an argument that is `now`. */
function flipOf(builtin: typeof timeHour, text: string, zone: string): string {
  const now = at(text);
  const flip = builtin.flip?.([now, zone], now);
  return new Date(flip ?? Number.NaN).toISOString();
}

describe('time of a zone', () => {
  it('follows the zone over the year', () => {
    expect(hour('2026-01-01T22:30:00Z', 'Europe/Berlin')).to.equal(23);
    expect(hour('2026-07-01T22:30:00Z', 'Europe/Berlin')).to.equal(0);
    expect(hour('2026-01-01T02:30:00Z', 'America/New_York')).to.equal(21);
    expect(hour('2026-07-01T02:30:00Z', 'America/New_York')).to.equal(22);
    expect(hour('2026-01-01T18:29:59Z', 'Asia/Kolkata')).to.equal(23);
    expect(hour('2026-01-01T18:30:00Z', 'Asia/Kolkata')).to.equal(0);
    expect(hour('2026-01-01T10:00:00Z', 'Pacific/Kiritimati')).to.equal(0);
  });

  it('is right before the epoch and where offsets had seconds', () => {
    expect(hour('1969-12-31T23:30:00Z', 'UTC')).to.equal(23);
    expect(weekday('1969-12-31T23:59:59Z', 'UTC')).to.equal(3);
    // New York kept local mean time, 4:56:02 behind, until 1883-11-18.
    expect(ofDay('1883-11-17T12:00:00Z', 'America/New_York')).to.equal(((7 * 60 + 3) * 60 + 58) * 1000);
  });

  it('counts weekdays from Monday', () => {
    const dates = ['05', '06', '07', '08', '09', '10', '11'];
    const days = dates.map((date) => weekday(`2026-01-${date}T12:00:00Z`, 'UTC'));
    expect(days).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(weekday('2026-01-05T02:00:00Z', 'America/New_York')).to.equal(7);
    expect(weekday('1970-01-01T00:00:00Z', 'UTC')).to.equal(4);
  });

  it('shows what the clock shows when it is put forward and back', () => {
    expect(hour('2026-03-29T00:59:59Z', 'Europe/Berlin')).to.equal(1);
    expect(hour('2026-03-29T01:00:00Z', 'Europe/Berlin')).to.equal(3);
    expect(hour('2026-10-25T00:59:59Z', 'Europe/Berlin')).to.equal(2);
    expect(hour('2026-10-25T01:00:00Z', 'Europe/Berlin')).to.equal(2);
    expect(hour('2026-10-25T02:00:00Z', 'Europe/Berlin')).to.equal(3);
    // Half an hour, at Lord Howe Island.
    expect(ofDay('2026-10-03T15:29:59Z', 'Australia/Lord_Howe')).to.equal(((60 + 59) * 60 + 59) * 1000);
    expect(ofDay('2026-10-03T15:30:00Z', 'Australia/Lord_Howe')).to.equal(150 * 60_000);
  });

  it('is unknown beyond the days that there are', () => {
    for (const builtin of [timeHour, timeOfDay, timeWeekday]) {
      expect(builtin.evaluate?.([9e15, 'UTC'], WORLD)).to.equal(UNKNOWN);
      expect(builtin.evaluate?.([-9e15, 'Europe/Berlin'], WORLD)).to.equal(UNKNOWN);
    }
  });

  it('takes names of zones only', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'];
    const others = ['', 'Europe/Nowhere', '+02:00', 'Europe/Berlin ', 'local', '../etc', 'a'.repeat(100)];
    for (const builtin of [timeHour, timeOfDay, timeWeekday]) {
      for (const zone of zones) expect(builtin.checkLiterals?.([undefined, zone])).to.equal(undefined);
      for (const zone of others) {
        expect(builtin.checkLiterals?.([undefined, zone]), zone).to.include('is no time zone');
        expect(builtin.evaluate?.([0, zone], WORLD)).to.equal(UNKNOWN);
      }
    }
  });
});

describe('flips of a time of a zone', () => {
  const hours: readonly (readonly [string, string, string])[] = [
    ['2026-01-05T10:20:30.400Z', 'UTC', '2026-01-05T11:00:00.000Z'],
    ['2026-01-05T10:00:00.000Z', 'UTC', '2026-01-05T11:00:00.000Z'],
    ['2026-01-05T10:20:00.000Z', 'Asia/Kolkata', '2026-01-05T10:30:00.000Z'],
    // Forward: 2 o'clock is left out.
    ['2026-03-29T00:30:00.000Z', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    // Back: it is 2 o'clock for two hours.
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    // Back by half an hour, from 2:00 to 1:30, so that it is 1 o'clock for an hour and a half.
    ['2026-04-04T14:10:00.000Z', 'Australia/Lord_Howe', '2026-04-04T15:30:00.000Z'],
    // Forward by half an hour, from 2:00 to 2:30.
    ['2026-10-03T15:45:00.000Z', 'Australia/Lord_Howe', '2026-10-03T16:00:00.000Z'],
  ];
  for (const [now, zone, expected] of hours) {
    it(`ends the hour at ${now} in ${zone} at ${expected}`, () => {
      expect(flipOf(timeHour, now, zone)).to.equal(expected);
    });
  }

  const days: readonly (readonly [string, string, string])[] = [
    ['2026-01-05T10:20:30.400Z', 'UTC', '2026-01-06T00:00:00.000Z'],
    ['2026-03-28T23:00:00.000Z', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-24T22:00:00.000Z', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    // Midnight is left out in Beirut on 29 March.
    ['2026-03-28T12:00:00.000Z', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
    // Samoa left out the whole of 30 December 2011.
    ['2011-12-30T05:00:00.000Z', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ];
  for (const [now, zone, expected] of days) {
    it(`ends the day at ${now} in ${zone} at ${expected}`, () => {
      expect(flipOf(timeWeekday, now, zone)).to.equal(expected);
    });
  }

  it('of hours and weekdays are the first changes that stepping minute by minute finds', () => {
    const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Beirut'];
    const starts = [
      '2026-03-28T20:07:00Z',
      '2026-04-04T10:07:00Z',
      '2026-10-03T12:07:00Z',
      '2026-10-24T21:07:00Z',
    ];
    for (const builtin of [timeHour, timeWeekday]) {
      for (const zone of zones) {
        for (const start of starts.map(at)) {
          const before = builtin.evaluate?.([start, zone], WORLD);
          let next = start;
          do next += 60_000;
          while (builtin.evaluate?.([next, zone], WORLD) === before);
          expect(builtin.flip?.([start, zone], start), `${builtin.name} ${zone}`).to.equal(next);
        }
      }
    }
  });

  it('move with an argument that is a fixed time from `now`', () => {
    const now = at('2026-01-05T10:20:00Z');
    const shifted = now - 8.5 * 3_600_000;
    expect(timeHour.flip?.([shifted, 'UTC'], now)).to.equal(at('2026-01-05T10:30:00Z'));
  });

  it('of the time of day are the next millisecond', () => {
    expect(timeOfDay.flip?.([5, 'UTC'], 5)).to.equal(6);
  });
});
