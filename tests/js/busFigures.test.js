// The figures of the bus as lines, with nothing claimed of readings that are not of one moment.

import assert from "node:assert/strict";
import test from "node:test";

import { busLines, workingText } from "../../js/lib/busFigures.js";
import { createWords } from "../../js/words.js";

const words = createWords("en");
const BUS = {
  reference: { unitId: "E001", dvg: 350, vg: 349.6, limit: 2.3, net: 1.5, headroom: 0.8 },
  voltage: { min: 348.04, mean: 349, max: 350.2, of: 4, below: 1 },
  balance: { taken: 525, given: 540.4, residual: 15.4, percent: 2.8, skew: 1.2, withinSkew: false },
  losses: 31.2,
  working: [
    { unitId: "E001", explainedBy: "c1", set: { dvg: 350, dig: 2.3 }, measured: { vg: 349.6, ig: -1.5 }, losses: 19 },
    { unitId: "E003", explainedBy: null, set: { dvg: 350, dig: 1.5 }, measured: { vg: 349, ig: 1.48 }, losses: 12 },
    { unitId: "E004", explainedBy: "deal" },
  ],
};
const texts = (change) => Object.fromEntries(busLines({ ...BUS, ...change }, words).map(({ key, text }) => [key, text]));

test("voltage, reference with its headroom, balance, losses, and who works unexplained", () => {
  assert.deepEqual(texts(), {
    voltage: "348.0–350.2 V at 4 units",
    reference: "E001, 349.6 V (set 350.0 V)",
    headroom: "0.80 of 2.30 A",
    balance: "540 W given, 525 W taken, difference 15 W (2.8 %)",
    losses: "31 W",
    unexplained: "E003",
    ordered: "E001: set 350.0 V, 2.30 A; measured 349.6 V, -1.50 A; losses 19 W (c1)",
  });
  assert.equal(workingText(BUS.working[1], words), "E003: set 350.0 V, 1.50 A; measured 349.0 V, 1.48 A; losses 12 W");
});

test("who is outside the band stands there with the time since when, and with -- until that is known", () => {
  const voltage = { ...BUS.voltage, outside: ["E002", "E004"], leftBand: "2026-01-02T03:04:05.000+00:00" };
  assert.match(texts({ voltage }).outside, /^E002, E004, since 2026-01-0[123] \d\d:\d\d:05 /);
  assert.equal(texts({ voltage: { ...voltage, leftBand: null } }).outside, "E002, E004, since --");
  assert.equal("outside" in texts({ voltage: { ...voltage, outside: [] } }), false);
});

test("of many that orders keep at work the first few stand there, and how many more", () => {
  const working = [1, 2, 3, 4, 5, 6].map((n) => ({ unitId: `E00${n}`, explainedBy: `c${n}`, set: null, measured: null, losses: null }));
  assert.match(texts({ working }).ordered, /^E001: .* · E004: .*\(c4\) · and 2 more$/);
  assert.equal("ordered" in texts({ working: [{ unitId: "E001", explainedBy: "deal" }] }), false);
});

test("readings that are apart show no difference, and what is not known is --", () => {
  assert.equal(texts({ balance: { ...BUS.balance, skew: 7.6, withinSkew: true } }).balance, "540 W given, 525 W taken; readings apart by 8 s");
  assert.deepEqual(texts({ reference: null, voltage: null, balance: null, losses: null, working: [] }), {
    voltage: "-- V",
    reference: "--",
    balance: "-- W",
    losses: "-- W",
  });
  for (const nothing of [null, undefined, { state: "unknown", references: [] }]) assert.deepEqual(busLines(nothing, words), []);
});

test("a reference beyond its limit is an alarm, an unexplained converter a warning", () => {
  const levels = Object.fromEntries(busLines({ ...BUS, reference: { ...BUS.reference, headroom: -0.1 } }, words).map(({ key, level }) => [key, level]));
  assert.deepEqual(levels, { voltage: null, reference: null, headroom: "alarm", balance: null, losses: null, ordered: null, unexplained: "warn" });
});

test("what the batteries could give and take stands there, of whom that is not told, and -- where nobody tells it", () => {
  const offers = (flexibility) => busLines(BUS, words, flexibility).filter(({ key }) => ["give", "take"].includes(key));
  const told = { give: { power: 3220, energy: 7811, units: 4 }, take: { power: 805, energy: 510, units: 1 }, of: 4, untold: 0 };
  assert.deepEqual(
    offers(told).map(({ label, text }) => `${label}: ${text}`),
    ["Could give: 7811 Wh at 3220 W", "Could take: 510 Wh at 805 W"],
  );
  assert.equal(offers({ ...told, untold: 2 })[0].text, "7811 Wh at 3220 W · 2 units not told");
  assert.equal(offers({ give: null, take: null, of: 0, untold: 1 })[1].text, "-- Wh at -- W · 1 unit not told");
  assert.deepEqual(offers(undefined), []);
});
