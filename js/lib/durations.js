// How long, in words: "4 s", "2 min 10 s", "3 h 5 min", "2 d 4 h". Used wherever an age or a remaining time is shown.

import { MISSING, finite } from "./figures.js";

const UNITS = { d: "d", h: "h", min: "min", s: "s" };

/** Seconds as the two largest units that say something; "--" for none. `units` are the unit words of the language. */
export function duration(seconds, units = UNITS) {
  const given = finite(seconds);
  if (given === null) return MISSING;
  const whole = Math.max(0, Math.floor(given));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3_600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const rest = whole % 60;
  if (days > 0) return pair(days, units.d, hours, units.h);
  if (hours > 0) return pair(hours, units.h, minutes, units.min);
  if (minutes > 0) return pair(minutes, units.min, rest, units.s);
  return `${rest} ${units.s}`;
}

/** An age short enough to stand beside a cell: its largest unit only. */
export function shortDuration(seconds, units = UNITS) {
  return duration(seconds, units).split(" ").slice(0, 2).join(" ");
}

function pair(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
