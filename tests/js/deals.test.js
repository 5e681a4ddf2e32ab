// How a deal stands in words: never more than is known, and what it waits for.

import assert from "node:assert/strict";
import test from "node:test";

import { dealState, dealStory } from "../../js/lib/deals.js";
import { buildModel } from "../../js/lib/model.js";
import { sentenceOf } from "../../js/lib/sentenceOf.js";
import { createWords } from "../../js/words.js";
import { ago, deal, frameOf, told } from "./frames.js";

const words = createWords("en");

/** Both texts of a deal from E1 to E2, of which the controller has counted `account`. */
function rowOf(account, { units = {}, reach = {} } = {}) {
  const flow = deal("E1", "E2", { seenAt: ago(800), sawBegin: true, standsSince: ago(800), currentSince: null, energyWh: null, gaps: false, ...account });
  const frame = frameOf({ E1: told(), E2: told(), ...units }, { deals: reach.lost ? null : [flow] });
  const before = buildModel(frameOf({ E1: told(), E2: told(), ...units }, { deals: [flow] }));
  const model = buildModel(frame, { previous: before, elapsed: 5 });
  return [dealState(model.deals[0], words).text, dealStory(model.deals[0], model, words)];
}

const FLOWS = { running: true, current: 1.5, power: 525, currentSince: ago(744), standsSince: ago(744), energyWh: 350.2 };

test("a deal with current says for how long, and how much it carried", () => {
  assert.deepEqual(rowOf(FLOWS), ["1.5 A", "12 min · about 0.35 kWh"]);
  assert.deepEqual(rowOf({ ...FLOWS, currentSince: ago(10), energyWh: 2.04 })[1], "15 s · about 2.0 Wh");
});

test("while the page is not alive the duration stands still at what was told last", () => {
  const frame = frameOf({ E1: told(), E2: told() }, { deals: [deal("E1", "E2", { sawBegin: true, gaps: false, ...FLOWS, currentSince: ago(15) })] });
  const after = (elapsed, lost) => {
    const model = buildModel(frame, { elapsed, lost });
    return dealStory(model.deals[0], model, words);
  };
  assert.equal(after(6, false), "21 s · about 0.35 kWh");
  assert.deepEqual([after(6, true), after(20, true)], ["15 s · about 0.35 kWh", "15 s · about 0.35 kWh"]);
});

test("what began unseen, or was not told all the time, is at least so much", () => {
  assert.equal(rowOf({ ...FLOWS, sawBegin: false })[1], "at least 12 min · at least about 0.35 kWh");
  assert.equal(rowOf({ ...FLOWS, gaps: true })[1], "12 min · at least about 0.35 kWh");
  assert.equal(rowOf({ ...FLOWS, energyWh: null })[1], "12 min · energy cannot be told");
});

test("a deal without current says since when, and of one that had some how much it was", () => {
  const [state, story] = rowOf({ running: false });
  assert.equal(state, "agreed, no current yet");
  assert.match(story, /^since \d/);
  const [paused, after] = rowOf({ ...FLOWS, running: false, current: null, standsSince: ago(30) });
  assert.equal(paused, "no current now");
  assert.match(after, /^since .* · about 0\.35 kWh$/);
});

test("a deal of which nobody can tell names who does not, and claims no current", () => {
  const silent = { E2: told({ state: "silent" }), E1: told({ state: "stale" }) };
  assert.deepEqual(rowOf({ ...FLOWS, running: null }, { units: silent }), ["current cannot be told", "E1 is stale, E2 is silent · about 0.35 kWh"]);
  assert.deepEqual(rowOf(FLOWS, { reach: { lost: true } }), ["current cannot be told", "about 0.35 kWh"]);
});

test("a number of three digits is said as Python writes it", () => {
  const said = (kwh) => sentenceOf({ code: "x", parameters: { kwh } }, { x: "{kwh:.3g} kWh" });
  assert.deepEqual([0.13961, 1.3555, 0.00321, 12].map(said), ["0.14 kWh", "1.36 kWh", "0.00321 kWh", "12 kWh"]);
});
