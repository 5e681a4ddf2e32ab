// Times for people, always with their zone (Z5b): the site's, and the browser's beside it where its clock shows another. Pure.
// `zone` and `here` are names of zones, undefined for the browser's own (zones.js).

import { MISSING } from "./figures.js";
import { instantsOf, localOf, offsetAt, zoneName } from "./zones.js";

const TWO = (value) => String(value).padStart(2, "0");

/** "2026-11-22 11:30 JST", or "--"; with seconds where asked. */
export function moment(iso, { zone, seconds = false, language = "en" } = {}) {
  const date = dateOf(iso);
  return date === null ? MISSING : `${dayOf(date, zone)} ${clockOf(date, { zone, seconds, language })}`;
}

/** As `moment`, without the date while that is today, with seconds. */
export function timeOfDay(iso, { zone, now = new Date(), seconds = true, language = "en" } = {}) {
  const date = dateOf(iso);
  if (date === null) return MISSING;
  return dayOf(date, zone) === dayOf(now, zone) ? clockOf(date, { zone, seconds, language }) : moment(date, { zone, seconds, language });
}

/** The same moment by the browser's clock, its date where that is another: "03:00 UTC"; "" where both clocks show the same. */
export function hereTime(iso, { zone, here, seconds = false, language = "en" } = {}) {
  const date = dateOf(iso);
  if (date === null || offsetAt(date, zone) === offsetAt(date, here)) return "";
  const clock = clockOf(date, { zone: here, seconds, language });
  return dayOf(date, zone) === dayOf(date, here) ? clock : `${dayOf(date, here)} ${clock}`;
}

/** The value of a datetime-local field: the zone's time, to the minute or the second. */
export function fieldValue(date, { zone, seconds = false } = {}) {
  const { hour, minute, second } = localOf(date, zone);
  return `${dayOf(date, zone)}T${TWO(hour)}:${TWO(minute)}${seconds ? `:${TWO(second)}` : ""}`;
}

/** A wire time "YYYY/MM/DD-HH:MM:SS" for reading: the blank instead of the hyphen, nothing else; it carries no zone. */
export function wireTime(text) {
  return typeof text === "string" ? text.replace(/^(\d{4}\/\d\d\/\d\d)-/, "$1 ") : MISSING;
}

/**
 * A wire time for people: as it came, marked as the units' clock by the caller; where a setting names the units' zone, as the site's (Z5b).
 * @returns {{text: string, converted: boolean}}
 */
export function unitTime(text, unitsZone, { zone, language = "en" } = {}) {
  const match = /^(\d{4})\/(\d\d)\/(\d\d)-(\d\d):(\d\d):(\d\d)$/.exec(text ?? "");
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number);
  const at = match && unitsZone ? instantsOf({ year, month, day, hour, minute, second }, unitsZone)[0] : undefined;
  if (at === undefined) return { text: wireTime(text), converted: false };
  return { text: moment(at, { zone, seconds: true, language }), converted: true };
}

/** The zone in which the units' own clocks count; null where nobody has told it. */
export function zoneOfUnits(status) {
  return status?.config?.upstreamTimezone ?? null;
}

function dayOf(date, zone) {
  const { year, month, day } = localOf(date, zone);
  return `${String(year).padStart(4, "0")}-${TWO(month)}-${TWO(day)}`;
}

function clockOf(date, { zone, seconds, language }) {
  const { hour, minute, second } = localOf(date, zone);
  return `${TWO(hour)}:${TWO(minute)}${seconds ? `:${TWO(second)}` : ""} ${zoneName(date, zone, language)}`;
}

function dateOf(iso) {
  if (iso === null || iso === undefined || iso === "") return null;
  const date = iso instanceof Date ? iso : new Date(iso);
  return Number.isNaN(date.getTime()) ? null : date;
}
