// A zone's clock: what it shows at an instant, and at which instants it shows a given time - none where it is put forward, two where it is
// put back. Pure. A zone is a name such as "Asia/Tokyo"; undefined is the browser's own.

const LOCALES = { en: ["en-GB", "en-US", "en-AU", "en-NZ", "en-IN", "en-ZA", "ja-JP"], ja: ["ja-JP"] }; // each has names for its own part of the world
const FURTHEST = 16; // h: no clock on earth has ever been further from UTC
const STEP = 4; // h: no zone has ever kept an offset for less
const LAST = 8.64e15 - 2 * FURTHEST * 3_600_000; // ms, beyond which there are no dates
const formats = new Map(); // making one costs a hundred times what using it does

/** Whether this browser has the zone's data. */
export function isKnown(zone) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false; // RangeError: as of a zone that is newer than the browser
  }
}

/** What the zone's clock shows at that time: {year, month, day, hour, minute, second}, numbers. */
export function localOf(date, zone) {
  const parts = formatOf("en-US", zone, FIELDS).formatToParts(date);
  return Object.fromEntries(parts.filter(({ type }) => type !== "literal").map(({ type, value }) => [type, Number(value)]));
}

/** How far the zone's clock is ahead of UTC at that time, s. */
export function offsetAt(date, zone) {
  return (utcOf(localOf(date, zone)) - Math.floor(date.getTime() / 1000) * 1000) / 1000;
}

/** The instants (Date) at which the zone's clock shows `local` (as of localOf), the earliest first: mostly one. */
export function instantsOf(local, zone) {
  const wall = utcOf(local);
  if (!(Math.abs(wall) < LAST)) return [];
  const offsets = new Set();
  for (let hours = -FURTHEST; hours <= FURTHEST; hours += STEP) offsets.add(offsetAt(new Date(wall + hours * 3_600_000), zone));
  return [...offsets]
    .map((offset) => new Date(wall - offset * 1000))
    .filter((at) => wall - offsetAt(at, zone) * 1000 === at.getTime())
    .sort((one, other) => one - other);
}

/** The short name of the zone at that time: "JST" where the language has one, else "UTC+9". */
export function zoneName(date, zone, language = "en") {
  const names = LOCALES[language === "ja" ? "ja" : "en"].map((locale) => nameIn(locale, date, zone));
  return (names.find((name) => name && !/[+-]\d/.test(name)) ?? names[0]).replace(/^GMT(?=[+-])/, "UTC");
}

/** An offset as ISO 8601 has it: "+09:00", with seconds where it has any: "-00:44:30". */
export function offsetText(seconds) {
  const size = Math.abs(seconds);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, ...(size % 60 ? [size % 60] : [])];
  return `${seconds < 0 ? "-" : "+"}${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
}

/** The ms at which a clock in UTC shows `local`; NaN for no numbers. */
export function utcOf({ year, month, day, hour = 0, minute = 0, second = 0 }) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // not Date.UTC, for which the year 26 is 1926
  return date.setUTCHours(hour, minute, second);
}

const FIELDS = Object.freeze({
  calendar: "gregory",
  numberingSystem: "latn",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  hourCycle: "h23",
});

function nameIn(locale, date, zone) {
  const parts = formatOf(locale, zone, { timeZoneName: "short" }).formatToParts(date);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function formatOf(locale, zone, fields) {
  const key = `${locale} ${fields === FIELDS} ${zone}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...fields, timeZone: zone }));
  return formats.get(key);
}
