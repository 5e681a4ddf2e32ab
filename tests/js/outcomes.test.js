// How long what came of an order stands: what is well fades, a refusal goes with its reason, a failure stays.

import assert from "node:assert/strict";
import test from "node:test";

import { groundsOf, stageOf } from "../../js/lib/outcomes.js";
import { createOrders } from "../../js/orders.js";
import { createState } from "../../js/state.js";
import { createWords } from "../../js/words.js";

const words = createWords("en");
const ended = new Date(0).toISOString();
const same = () => "same";

function entry(more) {
  return { command: { order: "setOperationMode", state: "verified" }, kind: "done", watched: null, ended, overAt: 0, grounds: "same", ...more };
}

test("what is well is told for some seconds, and fades in the last of them", () => {
  assert.deepEqual(
    [0, 6_900, 7_500, 8_000].map((clock) => stageOf(entry(), clock, same)),
    ["shown", "shown", "fading", "over"],
  );
});

test("what is under way, or waits for a reading, stays", () => {
  assert.equal(stageOf(entry({ ended: null, overAt: null, kind: "wait" }), 99_000, same), "shown");
  assert.equal(stageOf(entry({ watched: 5 }), 99_000, same), "shown");
});

test("what stopped everything is told for a minute", () => {
  const stop = entry({ command: { order: "stopAll", state: "verified" } });
  assert.deepEqual([stageOf(stop, 50_000, same), stageOf(stop, 60_000, same)], ["shown", "over"]);
});

test("a failure stays; a refusal goes once its reason may have gone, not before it can be read", () => {
  const failed = entry({ command: { order: "setOperationMode", state: "failed", sent: true }, kind: "bad" });
  assert.equal(
    stageOf(failed, 999_000, () => "other"),
    "shown",
  );
  assert.equal(
    stageOf(entry({ kind: "warn", command: { state: "partlyVerified" } }), 999_000, () => "other"),
    "shown",
  );
  const refused = entry({ command: { order: "setOperationMode", state: "failed", sent: false }, kind: "bad" });
  assert.equal(stageOf(refused, 999_000, same), "shown");
  assert.equal(
    stageOf(refused, 5_000, () => "other"),
    "shown",
  );
  assert.equal(
    stageOf(refused, 10_001, () => "other"),
    "over",
  );
});

test("what this page says of itself stands as long as it holds", () => {
  let holds = true;
  const said = { kind: "warn", text: "Choose a mode first.", holds: () => holds };
  assert.equal(stageOf(said, 0, same), "shown");
  holds = false;
  assert.equal(stageOf(said, 0, same), "over");
  assert.equal(stageOf({ kind: "bad", text: "" }, 0, same), "shown");
});

test("the grounds of a refusal are the mode, latch, locks, sharing, stops, and the units in its scope", () => {
  const unit = { state: "live", effective: "manual", localMode: null, lastWord: "0x0000", conflict: null };
  const status = { grid: { mode: "manual", pending: null, deals: 3 }, estop: null, locks: {}, share: null, orders: [], units: { E1: unit, E2: unit } };
  const own = groundsOf(status, "E1");
  assert.equal(groundsOf({ ...status, grid: { ...status.grid, deals: 4 }, units: { E1: unit, E2: { ...unit, state: "stale" } } }, "E1"), own);
  for (const change of [
    { grid: { mode: "autonomous" } },
    { grid: { mode: "manual", pending: "stop" } },
    { estop: { by: "anna" } },
    { locks: { E2: {} } },
    { share: { state: "running" } },
    { orders: [{ order: "stopAll", id: "c1" }] },
    { units: { E1: { ...unit, lastWord: "0x0014" } } },
    { units: { E1: { ...unit, trips: { count: 1 } } } },
  ])
    assert.notEqual(groundsOf({ ...status, ...change }, "E1"), own, JSON.stringify(change));
  assert.notEqual(groundsOf(status), groundsOf({ ...status, units: { E1: unit } }));
  assert.equal(typeof groundsOf(null), "string");
});

test("a refusal of the page's orders goes from its spot with its reason, and stays in the list of orders", async () => {
  let clock = 0;
  const state = createState({ status: { serial: 1, start: "a", orders: [], grid: { mode: "autonomous" } }, statusAt: 0 });
  const orders = createOrders({ api: { orders: () => ({}) }, state, words, now: () => new Date(0), clock: () => clock });
  const refused = { ok: false, status: 409, failure: "refused", body: { error: "Shut Down needs Manual.", sent: false } };
  await orders.give({ spot: "shutDown", order: "shutDown", call: async () => refused });
  clock = 11_000;
  assert.equal(orders.shown("shutDown").text, "Shut Down needs Manual.");
  state.set({ status: { ...state.get().status, grid: { mode: "manual" } } });
  assert.equal(orders.shown("shutDown"), null);
  assert.deepEqual(orders.lines(["shutDown"]), []);
  assert.equal(state.get().orders.length, 1);
});

test("a hint of the page gives its place back to the order under way behind it", async () => {
  let chosen = false;
  const state = createState({ status: { serial: 1, start: "a", orders: [] }, statusAt: 0 });
  const orders = createOrders({ api: { orders: () => ({}) }, state, words, now: () => new Date(0), clock: () => 0 });
  orders.give({ spot: "global", order: "setOperationMode", call: () => new Promise(() => {}) });
  orders.say("global", "Choose a mode first.", { kind: "warn", holds: () => !chosen });
  assert.equal(orders.shown("global").text, "Choose a mode first.");
  chosen = true;
  assert.equal(orders.shown("global").text, "sending");
});
