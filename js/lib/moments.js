// Times for people, always with their zone; and the schedule dialog's local times to and from ISO 8601 (Z5b, Z13). Pure.

import { MISSING } from "./figures.js";

const TWO = (value) => String(value).padStart(2, "0");

/** "2026-11-22 11:30 JST" in the browser's zone, or "--"; with seconds where asked. */
export function moment(iso, { seconds = false, zone = undefined, language = "en" } = {}) {
  const date = dateOf(iso);
  if (date === null) return MISSING;
  const parts = partsOf(date, zone);
  const clock = `${parts.hour}:${parts.minute}${seconds ? `:${parts.second}` : ""}`;
  return `${parts.year}-${parts.month}-${parts.day} ${clock} ${zoneName(date, zone, language)}`;
}

/** As `moment`, without the date while it is today. */
export function timeOfDay(iso, { now = new Date(), language = "en" } = {}) {
  const full = moment(iso, { seconds: true, language });
  return full !== MISSING && full.slice(0, 10) === moment(now, { language }).slice(0, 10) ? full.slice(11) : full;
}

/** The short name of the zone at that time: "JST" where the language has one, else "GMT+9". */
export function zoneName(date = new Date(), zone = undefined, language = "en") {
  const locales = language === "ja" ? ["ja-JP"] : ["en-GB", "en-US"];
  const names = locales.map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZoneName: "short", timeZone: zone }).formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "",
  );
  return names.find((name) => name && !/[+-]\d/.test(name)) ?? names[0] ?? "";
}

/** The value of a datetime-local field: local time without a zone, to the minute. */
export function fieldValue(date) {
  return `${date.getFullYear()}-${TWO(date.getMonth() + 1)}-${TWO(date.getDate())}T${TWO(date.getHours())}:${TWO(date.getMinutes())}`;
}

/** What the dialog is prefilled with: now plus 10 min, rounded up to the minute (Z13). */
export function prefill(now) {
  const minute = 60_000;
  return new Date(Math.ceil((now.getTime() + 10 * minute) / minute) * minute);
}

/**
 * A datetime-local field's value as the schedule's value.
 * @returns {{iso: string, date: Date}|{problem: "empty"|"gap"|"past"}}
 */
export function scheduleValue(field, now) {
  if (!/^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(field ?? "")) return { problem: "empty" };
  const date = new Date(field.slice(0, 16));
  if (Number.isNaN(date.getTime())) return { problem: "empty" };
  if (fieldValue(date) !== field.slice(0, 16)) return { problem: "gap" }; // a time that the clock jumps over
  if (date <= now) return { problem: "past" };
  return { date, iso: `${fieldValue(date)}:00.000${offsetOf(date)}` };
}

/** Seconds from now until the time, negative when past; null for no time. */
export function secondsUntil(iso, now = new Date()) {
  const date = dateOf(iso);
  return date === null ? null : (date.getTime() - now.getTime()) / 1000;
}

/** A wire time "YYYY/MM/DD-HH:MM:SS" for reading: the blank instead of the hyphen, nothing else; it carries no zone. */
export function wireTime(text) {
  return typeof text === "string" ? text.replace(/^(\d{4}\/\d\d\/\d\d)-/, "$1 ") : MISSING;
}

/**
 * A wire time for people: as it came, marked as the units' clock by the caller; where the setting names the units' zone, converted to the browser's (Z5b).
 * @returns {{text: string, converted: boolean}}
 */
export function unitTime(text, zone, language = "en") {
  const match = /^(\d{4})\/(\d\d)\/(\d\d)-(\d\d):(\d\d):(\d\d)$/.exec(text ?? "");
  if (!match || !zone) return { text: wireTime(text), converted: false };
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const first = asUtc - zoneOffset(asUtc, zone);
  const instant = new Date(asUtc - zoneOffset(first, zone)); // twice, for the hours around a change of the clock
  return { text: moment(instant, { seconds: true, language }), converted: true };
}

/** Year, month, day, hour, minute and second of a time in a zone, as texts of fixed length. */
function partsOf(date, zone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}

/** How far a zone's clock is ahead of UTC at that time, ms. */
function zoneOffset(at, zone) {
  const parts = Object.fromEntries(Object.entries(partsOf(new Date(at), zone)).map(([type, value]) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(at / 1000) * 1000;
}

function dateOf(iso) {
  if (iso === null || iso === undefined || iso === "") return null;
  const date = iso instanceof Date ? iso : new Date(iso);
  return Number.isNaN(date.getTime()) ? null : date;
}

function offsetOf(date) {
  const minutes = -date.getTimezoneOffset();
  return `${minutes < 0 ? "-" : "+"}${TWO(Math.floor(Math.abs(minutes) / 60))}:${TWO(Math.abs(minutes) % 60)}`;
}

/** The zone in which the units' own clocks count; null where nobody has told it. */
export function zoneOfUnits(status) {
  return status?.config?.upstreamTimezone ?? null;
}
