// The pure parts of the page: what a figure, a duration, a word, a power and an age are turned into.

import assert from "node:assert/strict";
import { test } from "node:test";

import { duration, shortDuration } from "../../js/lib/durations.js";
import { figure, percent, power, signed } from "../../js/lib/figures.js";
import { staleAfterOf, stateNow } from "../../js/lib/freshness.js";
import { dotsOf, THRESHOLDS, wordOf } from "../../js/lib/reading.js";

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

test("nothing is live for longer than the limit after it was last read, and what is not live never becomes so", () => {
  assert.deepEqual([stateNow("live", 30, 30), stateNow("live", 30.1, 30), stateNow("live", null, 30)], ["live", "stale", "stale"]);
  assert.deepEqual([stateNow("stale", 1, 30), stateNow("silent", 1, 30), stateNow("silent", null, 30)], ["stale", "silent", "silent"]);
  assert.deepEqual([staleAfterOf(null), staleAfterOf({ config: { staleafter: 3 } })], [30, 3]);
});
