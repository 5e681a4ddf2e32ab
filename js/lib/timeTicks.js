// Where a time axis has its marks, by the clock of a zone, and what stands at them. Pure.

import { beginOf } from "./slots.js";
import { localOf } from "./zones.js";

const [MINUTE, HALF_HOUR, HOUR, DAY] = [60, 1800, 3600, 86_400]; // s
const WITHIN_A_DAY = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
const DAYS = [1, 2, 7, 14];
const MONTHS = [1, 2, 3, 6, 12];
const TWO = (value) => String(value).padStart(2, "0");

/** At most `most` moments (s since 1970) from `from` to `to`, at whole minutes, hours, days or months of the zone's clock. */
export function ticksOf(from, to, most, zone) {
  const seconds = to - from;
  const within = WITHIN_A_DAY.find((step) => seconds / step <= most);
  if (within !== undefined) return byClock(from, to, within, zone);
  const days = DAYS.find((step) => seconds / (step * DAY) <= most);
  if (days !== undefined) return byCalendar(from, to, zone, ({ year, month, day }, n) => ({ year, month, day: day + n * days }));
  const months = MONTHS.find((step) => seconds / (step * 30.4 * DAY) <= most) ?? 12;
  return byCalendar(from, to, zone, ({ year, month }, n) => ({ year, month: month - ((month - 1) % months) + n * months, day: 1 }));
}

/** Counted from each midnight, so that a day of 23 or 25 hours has its marks at the same hours as any other. */
function byClock(from, to, step, zone) {
  const stride = Math.min(step, HALF_HOUR); // clocks are put on and back by half hours
  const found = [];
  for (let day = localOf(new Date(from * 1000), zone); ; day = { ...day, day: day.day + 1 }) {
    const [begin, end] = [beginOf(day, zone), beginOf({ ...day, day: day.day + 1 }, zone)];
    if (begin > to) return found;
    for (let at = begin; at < end; at += stride) if (at >= from && at <= to && (stride === step || at === begin || isWhole(at, step, zone))) found.push(at);
  }
}

function isWhole(at, step, zone) {
  const { hour, minute } = localOf(new Date(at * 1000), zone);
  return (hour * HOUR + minute * MINUTE) % step === 0;
}

function byCalendar(from, to, zone, nth) {
  const first = localOf(new Date(from * 1000), zone);
  const found = [];
  for (let n = 0; ; n += 1) {
    const at = beginOf(nth(first, n), zone);
    if (at > to) return found;
    if (at >= from) found.push(at);
  }
}

/** What stands at each: the time, the day where a day begins, the month where each begins one. */
export function tickTexts(ticks, zone) {
  const locals = ticks.map((at) => localOf(new Date(at * 1000), zone));
  const monthly = locals.length > 0 && locals.every(({ year, month }, index) => ticks[index] === beginOf({ year, month, day: 1 }, zone));
  return locals.map(({ year, month, day, hour, minute }, index) => {
    if (monthly) return `${year}-${TWO(month)}`;
    const begins = ticks[index] === beginOf({ year, month, day }, zone);
    return begins ? `${TWO(month)}-${TWO(day)}` : `${TWO(hour)}:${TWO(minute)}`;
  });
}
