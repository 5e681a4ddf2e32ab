// What was recorded, as columns: one value for each slot of time, null where nothing is known. Pure.
//
// slots = {unit, step, reach, recorded (s since 1970, null: not known), at: [s since 1970, where each slot begins], until: [where it ends], columns: {name: [value or null]}}

import { finite } from "./figures.js";
import { instantsOf, localOf } from "./zones.js";

/** The reply to /history; null for what is none. Days and months end where the next begins by the clock of `zone`. */
export function slotsOf(body, zone) {
  if (!Array.isArray(body?.columns) || !Array.isArray(body.rows)) return null;
  const rows = body.rows.map(([start, ...values]) => ({ at: Date.parse(start) / 1000, values })).filter(({ at }) => Number.isFinite(at));
  const at = rows.map((row) => row.at);
  const columns = body.columns.slice(1).map((name, index) => [name, rows.map(({ values }) => finite(values[index]))]);
  const until = at.map((start) => endOf(start, body.step, zone));
  return {
    unit: body.unit ?? null,
    step: body.step,
    reach: body.reachesBackTo ?? null,
    recorded: body.recordedUntil ? Date.parse(body.recordedUntil) / 1000 : null,
    at,
    until,
    columns: Object.fromEntries(columns),
  };
}

/** When a slot ends that begins at `start` (s since 1970). */
export function endOf(start, step, zone) {
  if (!isLong({ step })) return start + Number(step);
  const { year, month, day } = localOf(new Date(start * 1000), zone);
  const next = step === "day" ? { year, month, day: day + 1 } : { year, month: month + 1, day: 1 };
  return beginOf(next, zone);
}

/** The first moment (s since 1970) of a day of the zone's calendar: where its clock skips midnight, the moment at which it is put on. */
export function beginOf({ year, month, day }, zone) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const local = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  for (let minute = 0; minute < 24 * 60; minute += 30) {
    const [first] = instantsOf({ ...local, hour: Math.floor(minute / 60), minute: minute % 60 }, zone);
    if (first !== undefined) return first.getTime() / 1000;
  }
  return beginOf({ ...local, day: local.day + 1 }, zone); // a zone that skipped the whole day
}

/** `before` with the slots of `after` in the place of its own of the same time; what begins before `from` (s since 1970) is dropped. */
export function renewed(before, after, from) {
  const first = after.at[0] ?? Number.POSITIVE_INFINITY;
  const kept = before.at.flatMap((at, index) => (at >= from && at < first ? [index] : []));
  const join = (mine, theirs) => [...kept.map((index) => mine[index]), ...theirs];
  const columns = Object.entries(after.columns).map(([name, values]) => [name, join(before.columns[name], values)]);
  return { ...after, at: join(before.at, after.at), until: join(before.until, after.until), columns: Object.fromEntries(columns) };
}

/** Whether they are days or months. */
export function isLong({ step }) {
  return step === "day" || step === "month";
}

/** Whether nothing at all is known in it. */
export function isEmpty(slots) {
  return !slots.columns.coverage.some((part) => part > 0);
}

/** The last slot of which anything is known; null for none. */
export function lastKnown(slots) {
  const index = slots.columns.coverage.findLastIndex((part) => part > 0);
  return index < 0 ? null : index;
}

/**
 * The places of which nothing was recorded, and nothing will be: minutes are written in their order, `now` (s since 1970) is until when all
 * of them are written, and before the record begins there are none.
 */
export function gapsOf({ at, until, reach, columns }, now) {
  const begin = Date.parse(reach ?? "") / 1000; // NaN: there is no record so far
  const last = columns.coverage.findLastIndex((part) => part > 0);
  return [...at.keys()].filter((place) => !(columns.coverage[place] > 0) && (place < last || until[place] <= now || until[place] <= begin));
}

/** The places of values that stand alone between gaps: a line cannot show them, a dot can. */
export function alone(values) {
  const missing = (index) => values[index] === null || values[index] === undefined;
  return [...values.keys()].filter((index) => !missing(index) && missing(index - 1) && missing(index + 1));
}

/**
 * What all slots hold together: {pvWh, loadWh, gridInWh, gridOutWh, chargeFirst, chargeLast, coverage (of what lies before `recorded`, s since 1970)};
 * null where nothing is known. Energy of a mean power is that over the time in which it was seen, so a gap adds nothing.
 */
export function sumsOf({ at, until, columns }, recorded) {
  const covered = at.map((start, place) => columns.coverage[place] * (until[place] - start)); // s
  const sum = (values) => (values.some((value) => value !== null) ? values.reduce((all, value) => all + (value ?? 0), 0) : null);
  const energyOf = (name) => sum(columns[name].map((watts, place) => (watts === null ? null : (watts * covered[place]) / 3600)));
  const charges = columns.chargePercent.filter((charge) => charge !== null);
  const past = at.length > 0 ? Math.min(recorded, until.at(-1)) - at[0] : 0;
  return {
    pvWh: energyOf("pvW"),
    loadWh: energyOf("loadW"),
    gridInWh: sum(columns.gridInWh),
    gridOutWh: sum(columns.gridOutWh),
    chargeFirst: charges[0] ?? null,
    chargeLast: charges.at(-1) ?? null,
    coverage: past > 0 ? Math.min(1, sum(covered) / past) : null,
  };
}
