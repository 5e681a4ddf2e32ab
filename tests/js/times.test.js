// Times by the site's clock: shown with their zone, entered, and proposed, in every zone and at every change of a clock (H17, Z13).

import assert from "node:assert/strict";
import { test } from "node:test";

import { asEntered, enteredTime, proposal, scheduleValue } from "../../js/lib/enteredTimes.js";
import { fieldValue, hereTime, moment, timeOfDay, unitTime, wireTime } from "../../js/lib/moments.js";
import { instantsOf, isKnown, localOf, offsetAt, offsetText, zoneName } from "../../js/lib/zones.js";
import { createWords } from "../../js/words.js";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Zones with everything that a clock has ever done, and a moment near which it did so. */
const CHANGES = [
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Europe/Dublin", "2026-10-25T01:00:00Z"], // winter is its summer time put back
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"], // half an hour
  ["Asia/Kathmandu", "1985-12-31T18:30:00Z"], // by a quarter of an hour
  ["America/St_Johns", "2006-10-29T02:31:00Z"], // at a minute past midnight
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"], // midnight itself is skipped
  ["Pacific/Apia", "2011-12-30T10:00:00Z"], // a day is skipped
  ["Pacific/Kwajalein", "1993-08-21T12:00:00Z"], // likewise
  ["Africa/Monrovia", "1972-01-07T00:44:30Z"], // an offset with seconds
  ["Europe/Amsterdam", "1937-06-30T23:40:28Z"],
  ["Africa/Casablanca", "2026-02-15T02:00:00Z"],
  ["Asia/Tokyo", "2026-11-27T03:00:00Z"],
  ["UTC", "2026-11-27T03:00:00Z"],
];

test("a field's time and back: what a zone's clock shows at an instant means that instant, around every change", () => {
  for (const [zone, change] of CHANGES)
    for (let at = Date.parse(change) - 26 * 60 * MINUTE; at < Date.parse(change) + 26 * 60 * MINUTE; at += 7 * MINUTE) {
      const { field, pick } = asEntered(new Date(at), zone);
      assert.equal(enteredTime(field, { zone, pick }).date?.toISOString(), new Date(at).toISOString(), `${zone} ${field}`);
    }
});

test("as many instants as a zone's clock truly shows a time: none, one or two", () => {
  for (const [zone, change] of CHANGES) {
    const start = Date.parse(change) - 26 * 60 * MINUTE;
    const shown = new Map(); // what the clock showed in each minute, and when
    for (let at = start; at < start + 52 * 60 * MINUTE; at += MINUTE) {
      const field = fieldValue(new Date(at), { zone, seconds: true });
      shown.set(field, [...(shown.get(field) ?? []), at]);
    }
    for (const [field, instants] of shown)
      assert.deepEqual(
        enteredTime(field, { zone }).choices.map((one) => one.getTime()),
        instants,
        `${zone} ${field}`,
      );
  }
});

test("the proposal of the dialog is taken in every zone, in every minute around every change of its clock", () => {
  for (const [zone, change] of CHANGES)
    for (let at = Date.parse(change) - 3 * 60 * MINUTE; at < Date.parse(change) + 3 * 60 * MINUTE; at += 20_000) {
      const now = new Date(at);
      const { field, pick } = proposal(now, zone);
      const { iso, date, problem } = scheduleValue(field, { zone, now, pick });
      assert.equal(problem, undefined, `${zone} ${now.toISOString()} ${field}`);
      assert.equal(Date.parse(iso), date.getTime());
      const ahead = (date - now) / MINUTE;
      assert.ok(ahead > 9 && ahead < 12, `${zone} ${field} is ${ahead} min ahead`);
    }
});

test("so it is in every zone that there is, in every month of a year", () => {
  for (const zone of Intl.supportedValuesOf("timeZone"))
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 29 * DAY + 7 * 3_600_000 + 13_000) {
      const now = new Date(at);
      const { field, pick } = proposal(now, zone);
      assert.equal(scheduleValue(field, { zone, now, pick }).problem, undefined, `${zone} ${now.toISOString()}`);
    }
});

test("the hour that comes twice is told apart, and what is sent bears its offset", () => {
  const now = new Date("2026-10-24T22:00:00Z");
  const zone = "Europe/Berlin";
  const twice = (pick) => scheduleValue("2026-10-25T02:30", { zone, now, pick });
  assert.equal(twice(0).iso, "2026-10-25T02:30:00.000+02:00");
  assert.equal(twice(1).iso, "2026-10-25T02:30:00.000+01:00");
  assert.deepEqual(
    twice(0).choices.map((at) => zoneName(at, zone)),
    ["CEST", "CET"],
  );
  assert.equal(scheduleValue("2026-10-25T02:30", { zone, now: new Date("2026-10-25T00:45:00Z"), pick: 0 }).problem, "past", "the first is past");
  assert.equal(scheduleValue("2026-10-25T02:30", { zone, now: new Date("2026-10-25T00:45:00Z"), pick: 1 }).problem, undefined);
  assert.equal(scheduleValue("2026-10-25T04:30", { zone, now, pick: 1 }).iso, "2026-10-25T04:30:00.000+01:00", "a pick means nothing of a plain hour");
});

test("what is no time, does not exist there or is past is told", () => {
  const now = new Date("2026-03-28T12:00:00Z");
  const problem = (field, zone = "Europe/Berlin") => scheduleValue(field, { zone, now }).problem;
  for (const field of ["", null, undefined, "nonsense", "2026-11-31T10:04", "2026-11-21T24:30", "999999-01-01T00:00"])
    assert.equal(problem(field), "empty", field);
  assert.equal(problem("2026-03-29T02:30"), "gap");
  assert.equal(problem("2026-03-29T02:30", "Asia/Tokyo"), undefined);
  assert.equal(problem("2011-12-30T12:00", "Pacific/Apia"), "gap", "a whole day");
  for (const field of ["2026-03-28T13:00", "0026-03-28T13:00", "0001-01-01T00:00"]) assert.equal(problem(field), "past", field);
  assert.equal(problem("12026-03-28T13:00"), undefined);
});

test("an offset of no whole minute goes out as UTC, which everybody reads", () => {
  const zone = "Africa/Monrovia";
  const { iso } = scheduleValue("1970-06-01T12:00", { zone, now: new Date(0) });
  assert.equal(iso, "1970-06-01T12:44:30.000Z");
  assert.equal(offsetText(offsetAt(new Date(0), zone)), "-00:44:30");
  assert.deepEqual([0, 34_200, -16_200, 50_400].map(offsetText), ["+00:00", "+09:30", "-04:30", "+14:00"]);
});

test("times carry their zone's name; the browser's stand beside them only where its clock shows another at that moment", () => {
  const at = "2026-11-27T03:00:05Z";
  assert.equal(moment(at, { zone: "Asia/Tokyo" }), "2026-11-27 12:00 JST");
  assert.equal(moment(at, { zone: "Asia/Tokyo", language: "ja", seconds: true }), "2026-11-27 12:00:05 JST");
  assert.equal(moment(at, { zone: "UTC" }), "2026-11-27 03:00 UTC");
  assert.equal(moment(at, { zone: "Asia/Dhaka" }), "2026-11-27 09:00 UTC+6");
  for (const nothing of [null, undefined, "", "no time"]) assert.equal(moment(nothing, { zone: "UTC" }), "--");
  const here = (zone, there, when = at) => hereTime(when, { zone, here: there });
  assert.equal(here("Asia/Tokyo", "UTC"), "03:00 UTC");
  assert.equal(here("Asia/Tokyo", "America/New_York"), "2026-11-26 22:00 EST", "its date where that is another");
  assert.equal(here("Asia/Tokyo", "Asia/Seoul"), "", "another zone, the same clock");
  assert.equal(here("Europe/London", "UTC"), "", "in winter");
  assert.equal(here("Europe/London", "UTC", "2026-07-27T03:00:05Z"), "03:00 UTC", "in summer");
});

test("today is the site's day", () => {
  const now = new Date("2026-11-26T20:00:00Z");
  const shown = (iso) => timeOfDay(iso, { zone: "Asia/Tokyo", now });
  assert.equal(shown("2026-11-26T16:00:00Z"), "01:00:00 JST");
  assert.equal(shown("2026-11-26T14:59:59Z"), "2026-11-26 23:59:59 JST");
});

test("a unit's clock is shown as it came, or by the site's clock where its zone is known", () => {
  assert.equal(wireTime("2020/01/01-09:53:20"), "2020/01/01 09:53:20");
  assert.equal(wireTime(null), "--");
  assert.deepEqual(unitTime("2020/01/01-09:53:20", null, { zone: "UTC" }), { text: "2020/01/01 09:53:20", converted: false });
  assert.deepEqual(unitTime("2020/01/01-09:53:20", "Asia/Tokyo", { zone: "UTC" }), { text: "2020-01-01 00:53:20 UTC", converted: true });
  assert.deepEqual(
    unitTime("2026/03/29-02:30:00", "Europe/Berlin", { zone: "UTC" }),
    { text: "2026/03/29 02:30:00", converted: false },
    "which its clock never shows",
  );
  assert.equal(unitTime(null, "Asia/Tokyo", { zone: "UTC" }).text, "--");
});

test("a zone that this browser does not know leaves the page in UTC, and is named", () => {
  assert.equal(isKnown("Mars/Olympus"), false);
  const words = createWords("en", { zone: "Mars/Olympus", here: "UTC" });
  assert.equal(words.moment("2026-11-27T03:00:00Z"), "2026-11-27 03:00 UTC");
  assert.deepEqual([words.zone, words.unknownZone], ["UTC", "Mars/Olympus"]);
  words.setZone("Asia/Tokyo");
  assert.equal(words.both("2026-11-27T03:00:00Z"), "2026-11-27 12:00 JST (03:00 UTC here)");
  assert.equal(words.unknownZone, null);
  words.setZone(undefined); // an older controller tells none
  assert.equal(words.zone, "Asia/Tokyo");
});

test("times in the controller's sentences are told by the site's clock too, in both languages", async () => {
  const text = "Locked by anna since 2026-11-27 03:00 UTC: work.";
  const parameters = { name: "anna", since: "2026-11-27 03:00 UTC", reason: "work" };
  for (const language of ["en", "ja"]) {
    const words = createWords(language, { zone: "Asia/Tokyo" });
    await words.ready;
    const lock = { text: text.slice(0, -1), code: "rules.lockedBy", parameters: { scope: "E1", ...parameters } };
    words.learn([{ text, code: "store.lockHeld", parameters: { lock } }]);
    assert.match(words.said(text), /2026-11-27 12:00 JST/, language);
    assert.doesNotMatch(words.said(text), /03:00/, language);
  }
  const words = createWords("en", { zone: "Asia/Tokyo" });
  assert.match(words.said(text), /03:00 UTC/, "of a sentence without a code nobody knows what in it is a time");
});

test("what a clock shows is numbers, also in years of other lengths", () => {
  assert.deepEqual(localOf(new Date("2026-11-27T03:04:05Z"), "Asia/Tokyo"), { year: 2026, month: 11, day: 27, hour: 12, minute: 4, second: 5 });
  assert.equal(localOf(new Date("2026-11-26T15:00:00Z"), "Asia/Tokyo").hour, 0, "midnight is 0");
  assert.deepEqual(instantsOf({ year: NaN, month: 1, day: 1 }, "UTC"), []);
});
