// What was recorded, as the charts and tables have it: slots, spans, marks of the time axis, bars of deals, and the page's address.

import assert from "node:assert/strict";
import test from "node:test";
import { barsOf, countOf, movedIn } from "../../js/lib/dealBars.js";
import { historyQuery, readHistoryAddress } from "../../js/lib/historyAddress.js";
import { bare } from "../../js/lib/held.js";
import { axisTexts, clockOf, coverageText, coveredText, energyText, figureText, slotTime } from "../../js/lib/slotFigures.js";
import { alone, endOf, gapsOf, isEmpty, lastKnown, renewed, slotsOf, sumsOf } from "../../js/lib/slots.js";
import { SPANS, moved, nextSpan, rangeOf, spanOf, stepFor, stepsFor } from "../../js/lib/timeSpans.js";
import { tickTexts, ticksOf } from "../../js/lib/timeTicks.js";
import { createWords } from "../../js/words.js";

const seconds = (iso) => Date.parse(iso) / 1000;
const words = createWords("en", { zone: "Asia/Tokyo" });

function reply(rows, more = {}) {
  return { unit: "E001", step: "60", columns: ["start", "coverage", "pvW"], rows, reachesBackTo: "2026-05-13T10:00:00.000+00:00", ...more };
}

test("a reply becomes columns, and null stays null", () => {
  const slots = slotsOf(
    reply([
      ["2026-05-13T10:00:00.000+00:00", 1, 0],
      ["2026-05-13T10:01:00.000+00:00", 0, null],
    ]),
    "UTC",
  );
  assert.deepEqual(slots.columns, { coverage: [1, 0], pvW: [0, null] });
  assert.deepEqual(slots.until, [seconds("2026-05-13T10:01Z"), seconds("2026-05-13T10:02Z")]);
  assert.equal(lastKnown(slots), 0);
  assert.equal(isEmpty(slots), false);
  assert.equal(slotsOf({ error: "no" }, "UTC"), null);
});

test("days end where the next begins: of 23, 24 and 25 hours, months too", () => {
  const hours = (day, zone) => (endOf(seconds(day), "day", zone) - seconds(day)) / 3600;
  assert.equal(hours("2026-03-28T23:00Z", "Europe/Berlin"), 23);
  assert.equal(hours("2026-03-29T22:00Z", "Europe/Berlin"), 24);
  assert.equal(hours("2026-10-24T22:00Z", "Europe/Berlin"), 25);
  assert.equal((endOf(seconds("2026-01-31T15:00Z"), "month", "Asia/Tokyo") - seconds("2026-01-31T15:00Z")) / 86_400, 28);
  assert.equal(endOf(seconds("2018-11-03T03:00Z"), "day", "America/Sao_Paulo"), seconds("2018-11-04T03:00Z"), "midnight is skipped: 01:00 begins the day");
});

test("new slots take the place of old ones, and what has become too old goes", () => {
  const slots = (from, values) => slotsOf(reply(values.map((value, index) => [new Date((from + index) * 60_000).toISOString(), 1, value])), "UTC");
  const joined = renewed(slots(0, [1, 2, 3, 4]), slots(2, [30, 40, 50]), 60);
  assert.deepEqual(joined.at, [60, 120, 180, 240]);
  assert.deepEqual(joined.columns.pvW, [2, 30, 40, 50]);
});

test("a value between two gaps is seen as a dot, since no line leads to it", () => {
  assert.deepEqual(alone([1, null, 2, null, 3, 4, null]), [0, 2]);
  assert.deepEqual(alone([null, 0]), [1]);
});

test("each span has the step that fits, and none has more slots than can be told apart", () => {
  assert.deepEqual(
    SPANS.map(({ seconds: length }) => stepFor(length)),
    ["60", "60", "60", "1800", "day", "day"],
  );
  assert.deepEqual(stepsFor(86_400), ["60", "1800"]);
  assert.deepEqual(stepsFor(365 * 86_400), ["day", "month"]);
  assert.equal(stepFor(3 * 86_400), "1800");
  assert.equal(stepFor(20 * 365 * 86_400), "month");
  assert.equal(spanOf(3600), "1h");
  assert.equal(spanOf(5000), null);
});

test("spans go up and down and end at the longest and the shortest; time goes back by its own length", () => {
  assert.equal(nextSpan(3600, 1).name, "6h");
  assert.equal(nextSpan(5000, -1).name, "1h");
  assert.equal(nextSpan(365 * 86_400, 1).name, "12mo");
  const now = new Date("2026-05-13T12:00:20Z");
  const hour = { seconds: 3600, to: null };
  assert.deepEqual(rangeOf(hour, now), { from: new Date("2026-05-13T11:01Z"), to: new Date("2026-05-13T12:01Z") });
  const earlier = moved(hour, -1, now);
  assert.deepEqual(earlier, new Date("2026-05-13T11:00:20Z"));
  assert.equal(moved({ seconds: 3600, to: earlier }, 1, now), null, "up to now again");
});

test("the time axis has its marks at whole hours of the zone's clock, days and months where they begin", () => {
  const texts = (from, to, zone, most = 8) => tickTexts(ticksOf(seconds(from), seconds(to), most, zone), zone).join(" ");
  assert.equal(texts("2026-03-28T23:00Z", "2026-03-29T22:00Z", "Europe/Berlin"), "03-29 03:00 06:00 09:00 12:00 15:00 18:00 21:00 03-30");
  assert.equal(texts("2026-10-25T00:00Z", "2026-10-25T04:00Z", "Europe/Berlin"), "02:00 02:30 02:00 02:30 03:00 03:30 04:00 04:30 05:00");
  assert.equal(texts("2026-11-01T00:00Z", "2026-11-01T01:00Z", "UTC"), "11-01 00:10 00:20 00:30 00:40 00:50 01:00");
  assert.equal(texts("2026-11-01T00:00Z", "2026-11-07T01:00Z", "Asia/Kathmandu"), "11-02 11-03 11-04 11-05 11-06 11-07");
  assert.equal(texts("2025-11-15T00:00Z", "2026-11-14T00:00Z", "UTC"), "2026-01 2026-03 2026-05 2026-07 2026-09 2026-11");
});

test("deals are bars of the unit's own side, in rows in which none covers another; one under way lasts until now", () => {
  const deal = (from, to, giver, taker) => ({
    flowedFrom: from && `2026-05-13T${from}:00Z`,
    flowedTo: to && `2026-05-13T${to}:00Z`,
    endedAt: "2026-05-13T12:00:00Z",
    dischargingUnit: giver,
    chargingUnit: taker,
    outWh: 10,
    inWh: null,
  });
  const over = [
    deal("11:00", "11:30", "E001", "E002"),
    deal("10:00", "11:10", "E003", "E001"),
    deal(null, null, "E001", "E004"),
    deal("11:30", null, "E001", "E005"),
  ];
  const open = [
    { from: "E001", to: "E009", currentSince: "2026-05-13T12:10:00Z" },
    { from: "E001", to: "E008", currentSince: null },
    { from: "E007", to: "E006", currentSince: "2026-05-13T12:10:00Z" },
  ];
  const bars = barsOf("E001", over, open, seconds("2026-05-13T12:20:00Z"));
  assert.deepEqual(
    bars.map(({ other, gives, lane, running }) => [other, gives, lane, running]),
    [
      ["E003", false, 0, false],
      ["E002", true, 1, false],
      ["E005", true, 0, false],
      ["E009", true, 0, true],
    ],
  );
  assert.deepEqual(bars.map(({ to }) => to).slice(-2), [seconds("2026-05-13T12:00:00Z"), seconds("2026-05-13T12:20:00Z")]);
});

test("what deals moved stands at its day, at the unit's own end; a day without a deal has none, not 0", () => {
  const slots = { at: [seconds("2026-05-12T15:00Z"), seconds("2026-05-13T15:00Z")] };
  const sum = (giver, taker, outWh, inWh) => ({
    start: "2026-05-13T00:00:00+09:00",
    dischargingUnit: giver,
    chargingUnit: taker,
    outWh,
    inWh,
    deals: 1,
    withoutCurrent: 0,
  });
  const { gave, took } = movedIn(slots, [sum("E001", "E002", 10, 9), sum("E001", "E003", 5, 4), sum("E002", "E001", 7, 6)], "E001");
  assert.deepEqual(
    [gave, took],
    [
      [15, null],
      [6, null],
    ],
  );
});

test("sums count as many deals as the ledger lists, and say how many carried no current; where none did, nothing was moved", () => {
  assert.equal(countOf({ deals: 42, withoutCurrent: 0 }, words), "42");
  assert.equal(countOf({ deals: 41, withoutCurrent: 1 }, words), "42, 1 without current");
  const idle = { start: "2026-05-13T00:00:00+09:00", dischargingUnit: "E001", chargingUnit: "E002", outWh: 0, inWh: 0, deals: 0, withoutCurrent: 2 };
  assert.deepEqual(movedIn({ at: [seconds("2026-05-12T15:00Z")] }, [idle], "E001"), { gave: [null], took: [null] });
});

test("figures bear their unit, and a sign where it says which way", () => {
  assert.equal(figureText("pvW", 1234.56), "1234.6 W");
  assert.equal(figureText("gridW", 80), "+80.0 W");
  assert.equal(figureText("gridOutWh", null), "--");
  assert.equal(figureText("chargePercent", 0), "0.0 %");
  assert.deepEqual([1, 0.999, 0.5, 0.001, 0, null].map(coverageText), ["100 %", "99 %", "50 %", "1 %", "0 %", "--"]);
});

test("what is not written yet is no gap: neither in its row nor in the sum", () => {
  const minute = (at, coverage) => [`2026-05-13T10:0${at}:00.000+00:00`, coverage, null];
  const rows = [minute(0, 1), minute(1, 0), minute(2, 0), minute(3, 0)];
  const slots = slotsOf(reply(rows, { recordedUntil: "2026-05-13T10:02:00.000+00:00" }), "UTC");
  assert.equal(slots.recorded, seconds("2026-05-13T10:02Z"));
  assert.deepEqual(
    slots.at.map((_, place) => coveredText(slots, place, slots.recorded, words)),
    ["100 %", "0 %", "not yet", "not yet"],
  );
  const half = slotsOf(reply([["2026-05-13T10:00:00.000+00:00", 0, null]], { step: "1800" }), "UTC");
  assert.equal(coveredText(half, 0, seconds("2026-05-13T10:05Z"), words), "0 %", "five minutes of it are over");
  assert.equal(coveredText(half, 0, seconds("2026-05-13T10:00Z"), words), "not yet");
  assert.equal(slotsOf(reply(rows), "UTC").recorded, null);
});

test("a slot is told by the site's clock", () => {
  const at = (step, iso) => slotTime(slotsOf(reply([[iso, 1, 1]], { step }), "Asia/Tokyo"), 0, words);
  assert.equal(at("60", "2026-05-13T10:00:00Z"), "2026-05-13 19:00 JST");
  assert.equal(at("1800", "2026-05-13T10:30:00Z"), "2026-05-13 19:30 JST to 20:00");
  assert.equal(at("day", "2026-05-12T15:00:00Z"), "2026-05-13");
  assert.equal(at("month", "2026-04-30T15:00:00Z"), "2026-05");
  assert.equal(clockOf(seconds("2026-05-13T10:30:59Z"), words), "19:30");
});

test("a half hour's times bear no sign that marks what is not translated, and one that is not over says so", () => {
  const page = createWords("en", { zone: "Asia/Tokyo", holds: true });
  const slots = slotsOf(reply([["2026-05-13T10:30:00Z", 1, 1]], { step: "1800" }), "Asia/Tokyo");
  assert.equal(bare(slotTime(slots, 0, page, seconds("2026-05-13T11:00Z"))), "2026-05-13 19:30 JST to 20:00");
  assert.equal(bare(slotTime(slots, 0, page, seconds("2026-05-13T10:45Z"))), "2026-05-13 19:30 JST to 20:00, so far");
});

test("the marks of an upright axis tell their values apart, in the unit that suits the largest", () => {
  assert.deepEqual(axisTexts([0, 2.5, 5, 7.5], "Wh"), ["0.0 Wh", "2.5 Wh", "5.0 Wh", "7.5 Wh"]);
  assert.deepEqual(axisTexts([-1000, 0, 1000], "W"), ["-1 kW", "0 kW", "1 kW"]);
  assert.deepEqual(axisTexts([0, 500_000, 1_000_000], "Wh"), ["0.0 MWh", "0.5 MWh", "1.0 MWh"]);
  assert.deepEqual(axisTexts([0, 50, 100], "%"), ["0 %", "50 %", "100 %"]);
});

test("energy at a glance is in the unit that suits it", () => {
  assert.deepEqual([0, 999.94, 1234.5, 2_345_000, null].map(energyText), ["0.0 Wh", "999.9 Wh", "1.23 kWh", "2.35 MWh", "--"]);
});

test("sums hold what was recorded and nothing across a gap; what nobody told is not 0", () => {
  const columns = ["start", "coverage", "pvW", "loadW", "gridInWh", "gridOutWh", "chargePercent"];
  const rows = [
    ["2026-05-13T10:00Z", 1, 600, null, 10, 0, 80],
    ["2026-05-13T10:01Z", 0, null, null, null, null, null],
    ["2026-05-13T10:02Z", 0.5, 600, null, 5, 0, 79],
    ["2026-05-13T10:03Z", 0, null, null, null, null, null],
  ];
  const sums = sumsOf(slotsOf(reply(rows, { columns }), "UTC"), seconds("2026-05-13T10:03Z"));
  assert.deepEqual(sums, { pvWh: 15, loadWh: null, gridInWh: 15, gridOutWh: 0, chargeFirst: 80, chargeLast: 79, coverage: 0.5 });
  assert.deepEqual(sumsOf(slotsOf(reply([], { columns }), "UTC"), 0), {
    pvWh: null,
    loadWh: null,
    gridInWh: null,
    gridOutWh: null,
    chargeFirst: null,
    chargeLast: null,
    coverage: null,
  });
});

test("the address says what is shown, and shows it again", () => {
  const now = new Date("2026-05-13T12:00:00Z");
  const asked = (search) => readHistoryAddress(search, now);
  assert.deepEqual(asked(""), { unitId: null, seconds: 86_400, to: null, step: null, by: "day", pair: false, wrong: [] });
  const night = asked("?unitId=E003&from=2026-05-12T21:00:00Z&to=2026-05-13T06:00:00Z&step=1800&by=hour&pair=true");
  assert.deepEqual(night, { unitId: "E003", seconds: 9 * 3600, to: new Date("2026-05-13T06:00:00Z"), step: "1800", by: "hour", pair: true, wrong: [] });
  const link = (shown) => `?${new URLSearchParams(Object.entries(historyQuery(shown)).filter(([, value]) => value !== null))}`;
  assert.deepEqual(asked(link(night)), night);
  assert.deepEqual(asked(link(asked("?span=1w"))), asked("?span=1w"));
  assert.equal(link(asked("")), "?");
});

test("a gap is what will not be recorded any more: not the last minutes, unless a later one is there, or the record begins after them", () => {
  const minutes = (coverage, reach) =>
    slotsOf(
      reply(
        coverage.map((part, n) => [new Date(Date.parse("2026-05-13T16:34Z") + n * 60_000).toISOString(), part, null]),
        { reachesBackTo: reach },
      ),
      "UTC",
    );
  const at = (time) => seconds(`2026-05-13T${time}Z`);
  const old = "2026-05-01T00:00:00.000+00:00";
  assert.deepEqual(gapsOf(minutes([1, 0, 0, 0], old), at("16:36:30")), [1], "16:36 and 16:37 may yet be written");
  assert.deepEqual(gapsOf(minutes([1, 0, 0, 0.1], old), at("16:36:30")), [1, 2], "16:37 is written, so 16:36 stays empty");
  assert.deepEqual(gapsOf(minutes([0, 0, 0, 0], "2026-05-13T16:37:00.000+00:00"), at("16:35")), [0, 1, 2], "the record begins at 16:37");
  assert.deepEqual(gapsOf(minutes([0, 0], null), at("16:35")), [0]);
});

test("the unit may be named as the page and the journal name it", () => {
  const of = (search) => readHistoryAddress(search, new Date("2026-05-13T12:00:00Z"));
  assert.deepEqual(of("?unit=E003"), of("?unitId=E003"));
  assert.deepEqual([of("?unit=E003").unitId, of("?unit=E003").wrong], ["E003", []]);
  assert.equal(of("?unit=E003&unitId=E004").unitId, "E004");
});

test("a name that nobody knows is told, and hides nothing else", () => {
  const of = (search) => readHistoryAddress(search, new Date("2026-05-13T12:00:00Z"));
  const read = of("?unitID=E003&span=1w&unitID=E004");
  assert.deepEqual([read.wrong, read.unitId, read.seconds], [["unitID"], null, 7 * 86_400]);
  assert.deepEqual(of("?foo=1&from=2026-05-13T10:00Z&to=2026-05-13T09:00Z").wrong, ["from", "foo"]);
  assert.deepEqual(of(`?${"x".repeat(300)}=1`).wrong, ["x".repeat(40)]);
});

test("what an address says that cannot be is named, and the usual stands in its place", () => {
  const now = new Date("2026-05-13T12:00:00Z");
  for (const [search, wrong] of [
    ["?from=yesterday", ["from"]],
    ["?span=2y&step=5&by=year", ["span", "step", "by"]],
    ["?from=2026-05-13T10:00Z&to=2026-05-13T09:00Z", ["from"]],
    ["?from=2026-05-14T10:00Z", ["from"]],
  ]) {
    const read = readHistoryAddress(search, now);
    assert.deepEqual(read.wrong, wrong, search);
    assert.deepEqual([read.seconds, read.step, read.by], [86_400, null, "day"], search);
  }
});
