// The pure parts of the page: what a figure, a duration, a reading, a deal and a bus are turned into.

import assert from "node:assert/strict";
import { test } from "node:test";

import { busOf } from "../../js/lib/bus.js";
import { flowsOf, spursOf } from "../../js/lib/deals.js";
import { duration, shortDuration } from "../../js/lib/durations.js";
import { figure, percent, power, signed } from "../../js/lib/figures.js";
import { freshnessOf } from "../../js/lib/freshness.js";
import { dotsOf, reading, THRESHOLDS, wordOf } from "../../js/lib/reading.js";

test("a figure that is missing or odd prints two hyphens and nothing else", () => {
  for (const odd of [undefined, null, NaN, Infinity, "12", true, {}, []]) {
    assert.equal(figure(odd, 2), "--");
    assert.equal(signed(odd, 1), "--");
    assert.equal(percent(odd), "--");
  }
  assert.equal(power(null), "-- W");
});

test("figures keep the decimals asked for, never a minus zero, and a sign where one is wanted", () => {
  assert.equal(figure(700, 2), "700.00");
  assert.equal(figure(-0.004, 2), "0.00");
  assert.equal(signed(2, 1), "+2.0");
  assert.equal(signed(-4.9, 1), "-4.9");
  assert.equal(signed(0.04, 1), "0.0");
  assert.equal(power(1715), "1.7 kW");
  assert.equal(power(-999.4), "-999 W");
  assert.equal(percent(67.6), "68%");
});

test("durations name the two largest units that say something", () => {
  assert.equal(duration(4.9), "4 s");
  assert.equal(duration(130), "2 min 10 s");
  assert.equal(duration(120), "2 min");
  assert.equal(duration(50_880), "14 h 8 min");
  assert.equal(duration(2 * 86_400 + 7_200), "2 d 2 h");
  assert.equal(duration(-3), "0 s");
  assert.equal(duration(undefined), "--");
  assert.equal(shortDuration(130), "2 min");
  assert.equal(duration(130, { d: "日", h: "時間", min: "分", s: "秒" }), "2 分 10 秒");
});

test("a unit's figures come from the sources of A15-5", () => {
  const read = reading({
    emu: { pvc_charge_power: 1366, ups_output_power: 1903, charge_discharge_power: 12 },
    dcdc: { powermeter: { p1: 5, p2: 2058.9 }, meter: { wb: -755, wg: -700 }, status: { status: "0x0014", stateAlarm: "Heavy alarm" } },
    battery: { rsoc: 32 }, oesunit: { ip: "NA", display: "house304" }, apis: { is_grid_master: true },
  });
  assert.deepEqual(
    [read.pv, read.load, read.utility, read.demand, read.batteryFlow, read.operating, read.rsoc, read.word, read.heavyAlarm, read.ip, read.display, read.gridMaster],
    [1366, 1903, 2058.9, 5, 12, -55, 32, "reference", true, null, "house304", true],
  );
});

test("no shape of a unit's data throws, and what is missing is null", () => {
  for (const odd of [null, undefined, 3, "x", [], {}, { emu: null, dcdc: [], battery: "no" }, { dcdc: { meter: { wg: "700", ig: NaN } } }, { apis: { is_grid_master: "true" } }]) {
    const read = reading(odd);
    assert.deepEqual([read.pv, read.load, read.utility, read.operating, read.wg, read.ig, read.rsoc, read.word, read.gridMaster], [null, null, null, null, null, null, null, null, false]);
  }
});

test("the converter's word is read however its digits are written, and nothing else is", () => {
  assert.equal(wordOf("0x14"), "reference");
  assert.equal(wordOf("0X0041"), "charge");
  for (const odd of ["14", "0x0015", "0x00014", 20, null, "constructor"]) assert.equal(wordOf(odd), null);
});

test("dots begin at the original's thresholds and never without a figure", () => {
  for (const [kind, watts] of Object.entries({ pv: 200, load: 100, utility: 400 })) {
    assert.equal(THRESHOLDS[kind], watts);
    assert.equal(dotsOf(watts - 0.1, THRESHOLDS[kind]), null);
    assert.deepEqual(dotsOf(watts, THRESHOLDS[kind]), { dots: 2, pace: 1 });
  }
  assert.equal(dotsOf(null, 200), null);
  assert.ok(dotsOf(1600, 200).dots > dotsOf(400, 200).dots && dotsOf(1600, 200).pace > dotsOf(200, 200).pace);
  assert.equal(dotsOf(1e9, 200).dots, 6);
});

const unit = (id, word, ig, more = {}) => [id, { id, word, ig, wg: ig === null ? null : ig * 350, vg: 350, dvg: 350, age: 1, state: "live", ...more }];
const agreed = (from, to, more = {}) => ({ dischargingUnit: from, chargingUnit: to, ...more });

test("a deal runs when its current-controlled end shows the current, and only then", () => {
  const idle = flowsOf([agreed("A", "B")], new Map([unit("A", "reference", -2), unit("B", "wait", 0)]));
  assert.deepEqual([idle[0].running, idle[0].known, idle[0].current], [false, true, null]);
  const runs = flowsOf([agreed("A", "B")], new Map([unit("A", "reference", -2.1), unit("B", "charge", 2)]));
  assert.deepEqual([runs[0].running, runs[0].current, runs[0].power], [true, 2, 700]);
});

test("current in the wrong direction, or at one of two current-controlled ends only, is not the deal's", () => {
  assert.equal(flowsOf([agreed("A", "B")], new Map([unit("A", "reference", 2), unit("B", "discharge", -2)]))[0].running, false);
  assert.equal(flowsOf([agreed("A", "B")], new Map([unit("A", "discharge", 0), unit("B", "charge", 2)]))[0].running, false);
});

test("a deal whose ends cannot be read is neither running nor idle but not known", () => {
  const flows = flowsOf([agreed("A", "B"), agreed("X", "Y")], new Map([unit("A", "discharge", -2, { state: "stale" }), unit("B", "charge", 2, { state: "silent" })]));
  assert.deepEqual(flows.map(({ running, known }) => [running, known]), [[false, false], [false, false]]);
});

test("several deals of one unit share its current, by the agreed currents where they are told", () => {
  const units = new Map([unit("A", "reference", -2), unit("B", "discharge", -1), unit("C", "charge", 3)]);
  const equal = flowsOf([agreed("A", "C"), agreed("B", "C")], units);
  assert.deepEqual(equal.map(({ current }) => current), [1.5, 1]);
  const told = flowsOf([agreed("A", "C", { dealGridCurrentA: 2 }), agreed("B", "C", { dealGridCurrentA: 1 })], units);
  assert.deepEqual(told.map(({ current }) => current), [2, 1]);
});

test("two deals of the same pair keep keys of their own, and odd entries are passed over", () => {
  const flows = flowsOf([agreed("A", "B"), agreed("A", "B"), null, 3, {}, { dischargingUnit: 1, chargingUnit: "B" }, { dischargingUnit: "C", chargeingUnit: "D" }], new Map());
  assert.equal(new Set(flows.map(({ key }) => key)).size, 3);
  assert.deepEqual([flows[2].from, flows[2].to], ["C", "D"]);
  assert.deepEqual(flowsOf(null, new Map()), []);
  assert.deepEqual(flowsOf({ error: "x" }, new Map()), []);
});

test("current without a deal is shown too, as in Manual, from 40 W and from live units only", () => {
  const units = new Map([unit("A", "reference", -2), unit("B", "charge", 2), unit("C", "charge", 0.1), unit("D", "charge", 2, { state: "stale" })]);
  assert.deepEqual(spursOf(units, new Set(["B"])), [{ id: "A", inward: true, current: 2, power: 700 }]);
  assert.deepEqual(spursOf(units, new Set(["A"])), [{ id: "B", inward: false, current: 2, power: 700 }]);
});

const bus = (units, before = null, now = 0, status = null) => busOf(units.map(([, data]) => data), status, before, now);

test("the bus says whether it is at its voltage", () => {
  const reference = (vg) => [unit("A", "reference", 0, { vg })];
  assert.equal(bus(reference(350)).state, "steady");
  assert.equal(bus(reference(381)).state, "outOfBand");
  assert.equal(bus(reference(250)).state, "outOfBand");
  assert.equal(bus(reference(0)).state, "dead");
  assert.equal(bus([unit("A", "wait", 0, { vg: 0 })]).state, "off");
  assert.equal(bus([unit("A", "charge", 0, { vg: 0 })]).state, "dead");
  assert.equal(bus([unit("A", "wait", 0, { vg: 340 })]).state, "noReference");
  assert.equal(bus([]).state, "unknown");
  assert.equal(bus(reference(350), null, 0, { limits: { gridvoltagemin: 360, gridvoltagemax: 400 } }).state, "outOfBand");
});

test("two live converters that hold the bus at once are never a steady bus, and both are named", () => {
  const both = bus([unit("A", "reference", 0, { vg: 350 }), unit("B", "reference", 0, { vg: 350 }), unit("C", "reference", 0, { state: "stale" })]);
  assert.deepEqual([both.state, both.references], ["twoReferences", ["A", "B"]]);
});

test("a bus on its way up ramps, and one that stands still below its band does not", () => {
  const off = bus([unit("A", "wait", 0, { vg: 0 })], null, 0);
  const begun = bus([unit("A", "reference", 0, { vg: 0 })], off, 1);
  assert.equal(begun.state, "ramping");
  const higher = bus([unit("A", "reference", 0, { vg: 120 })], begun, 18);
  assert.equal(higher.state, "ramping");
  assert.equal(bus([unit("A", "reference", 0, { vg: 120 })], higher, 30).state, "ramping");
  assert.equal(bus([unit("A", "reference", 0, { vg: 120 })], higher, 39).state, "outOfBand");
});

test("sums leave out what is stale or missing, and say how far the readings lie apart", () => {
  const sums = bus([unit("A", "reference", -4, { age: 1 }), unit("B", "charge", 2.5, { age: 9 }), unit("C", "charge", 1.5), unit("D", "charge", 9, { state: "stale" }), unit("E", "wait", null)]);
  assert.deepEqual([sums.current, sums.power, sums.skew, sums.reference], [4, 1400, 8, "A"]);
  assert.deepEqual([bus([unit("E", "wait", null)]).current, bus([]).power], [null, null]);
});

test("nothing is live without the controller's word, nor longer than the limit after its last one", () => {
  assert.deepEqual(freshnessOf(undefined, true), { state: "stale", age: null });
  assert.deepEqual(freshnessOf(undefined, false), { state: "silent", age: null });
  assert.deepEqual(freshnessOf({ state: "live", age: 4 }, true, 10, 30), { state: "live", age: 14 });
  assert.deepEqual(freshnessOf({ state: "live", age: 4 }, true, 27, 30), { state: "stale", age: 31 });
  assert.deepEqual(freshnessOf({ state: "live", age: null }, true, 31, 30), { state: "stale", age: null });
  assert.deepEqual(freshnessOf({ state: "stale", age: 40 }, true, 1, 30), { state: "stale", age: 41 });
  assert.deepEqual(freshnessOf({ state: "silent", age: 130 }, true, 2, 30), { state: "silent", age: 132 });
});
