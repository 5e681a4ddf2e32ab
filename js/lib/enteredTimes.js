// Times as a person enters them in a datetime-local field, by the site's clock: to an instant and back (Z13). Pure.
// An hour that the clock shows twice has two instants: `pick` tells which, 0 the first.

import { fieldValue } from "./moments.js";
import { instantsOf, localOf, offsetAt, offsetText, utcOf } from "./zones.js";

const MINUTE = 60_000;

/** What a field says: {date, choices}, or {problem: "empty"|"gap", choices}: the instants (Date) that it may mean. */
export function enteredTime(field, { zone, pick = 0 } = {}) {
  const local = localIn(field);
  if (local === null) return { problem: "empty", choices: [] };
  const choices = instantsOf(local, zone);
  if (choices.length === 0) return { problem: "gap", choices }; // a time that the clock jumps over
  return { date: choices[Math.min(pick, choices.length - 1)], choices };
}

/** A field as a schedule's value: {date, iso, choices}, or {problem: "empty"|"gap"|"past", choices}. */
export function scheduleValue(field, { zone, now, pick = 0 }) {
  const { date, problem, choices } = enteredTime(field, { zone, pick });
  if (problem || date <= now) return { problem: problem ?? "past", choices };
  return { date, choices, iso: isoOf(date, zone) };
}

/** What the dialog proposes: {field, pick} of now plus 10 min, rounded up to the minute (Z13). */
export function proposal(now, zone) {
  let at = Math.ceil((now.getTime() + 10 * MINUTE) / MINUTE) * MINUTE;
  for (;;) {
    const field = fieldValue(new Date(at), { zone });
    const pick = enteredTime(field, { zone }).choices.findIndex((one) => Math.abs(one - at) < MINUTE);
    if (pick >= 0) return { field, pick };
    at += MINUTE; // once a clock was put forward by odd seconds
  }
}

/** A time as a field and its pick, to the second. */
export function asEntered(date, zone) {
  const field = fieldValue(date, { zone, seconds: true });
  const second = Math.floor(date.getTime() / 1000) * 1000;
  return {
    field,
    pick: Math.max(
      0,
      enteredTime(field, { zone }).choices.findIndex((one) => one.getTime() === second),
    ),
  };
}

/** The time as ISO 8601 with the zone's offset; in UTC where that is no whole minute. */
function isoOf(date, zone) {
  const offset = offsetAt(date, zone);
  return offset % 60 ? date.toISOString() : `${fieldValue(date, { zone })}:00.000${offsetText(offset)}`;
}

/** The numbers in a field, null where they are no date. */
function localIn(field) {
  const match = /^(\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?/.exec(field ?? "");
  if (!match) return null;
  const [year, month, day, hour, minute, second = 0] = match.slice(1).map((text) => Number(text ?? 0));
  const local = { year, month, day, hour, minute, second };
  const wall = utcOf(local);
  if (Number.isNaN(wall)) return null;
  const same = localOf(new Date(wall), "UTC");
  return Object.keys(local).every((name) => same[name] === local[name]) ? local : null;
}
