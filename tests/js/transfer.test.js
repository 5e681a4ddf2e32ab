// What a guided transfer may be asked for: its current, and when it ends by itself.

import assert from "node:assert/strict";
import test from "node:test";

import { amountsOf, boundsOf, endsKey, hasEndedWith } from "../../js/lib/transfer.js";
import { exactly } from "../../js/lib/numbers.js";

const RANGE = { min: 0.1, max: 2.1, longest: 240 };
const read = (current, minutes, wh) => amountsOf({ current, minutes, wh }, RANGE);

test("the largest current leaves the reference its margin, to the tenth (S23)", () => {
  assert.deepEqual(boundsOf({ limits: { maxgridcurrent: 2.3, referencemargin: 0.125 } }), RANGE);
  assert.deepEqual(boundsOf(null), RANGE);
  assert.equal(boundsOf({ limits: { maxgridcurrent: 2.3, referencemargin: 0.2 } }).max, 2.1);
  assert.equal(boundsOf({ limits: { maxgridcurrent: 5, referencemargin: 0.125 } }).max, 4.8);
  assert.equal(boundsOf({ limits: { sharelongest: 60 } }).longest, 60);
});

test("minutes, energy or both end it; a field that is empty is not sent", () => {
  assert.deepEqual(read("2,1", "30", ""), { current: 2.1, minutes: 30, wh: undefined });
  assert.deepEqual(read("0.1", "", "０．５"), { current: 0.1, minutes: undefined, wh: 0.5 });
  assert.deepEqual(read("1", "240", "10000"), { current: 1, minutes: 240, wh: 10000 });
  assert.deepEqual([read("1", "1", ""), read("1", "", "1"), read("1", "1", "1")].map(endsKey), [
    "transfer.ends.minutes",
    "transfer.ends.wh",
    "transfer.ends.both",
  ]);
});

test("what cannot be meant is refused at its field", () => {
  const wrong = (...given) => [read(...given).problem, read(...given).field];
  assert.deepEqual(wrong("2.11", "30", ""), ["transfer.range", "current"]);
  assert.deepEqual(wrong("", "30", ""), ["transfer.range", "current"]);
  assert.deepEqual(wrong("1", "", ""), ["transfer.noend", "minutes"]);
  for (const minutes of ["0", "0.5", "240.1", "-3"]) assert.deepEqual(wrong("1", minutes, "5"), ["transfer.minutes.range", "minutes"]);
  for (const wh of ["0", "-1", "10001"]) assert.deepEqual(wrong("1", "30", wh), ["transfer.wh.range", "wh"]);
  assert.deepEqual(wrong("1", "3o", ""), ["number.unreadable", "minutes"]);
  assert.deepEqual(wrong("1", "30", "1,000"), ["number.grouped", "wh"]);
});

test("the figures stand in the question in the digits that are sent", () => {
  assert.equal(exactly(read("1", "12,5", "").minutes), "12.5");
});

test("an order that ended with the transfer is known by its id, whatever its sentence says", () => {
  assert.equal(hasEndedWith({ id: "c1", order: "share", state: "failed", error: "x" }, "c1"), true);
  assert.equal(hasEndedWith({ id: "c2", order: "endShare", state: "failed", wanted: { command: "c1" } }, "c1"), true);
  assert.equal(hasEndedWith({ id: "c1", order: "share", state: "cancelled" }, "c1"), true);
  assert.equal(hasEndedWith({ id: "c3", order: "share", state: "failed", wanted: { from: "E1" } }, "c1"), false, "another one, that was refused");
  assert.equal(hasEndedWith({ order: "endShare", state: "failed", wanted: {} }, "c1"), false, "a refused end");
  assert.equal(hasEndedWith({ id: "c1", state: "accepted" }, "c1"), false, "lost sight of by a restart");
  for (const nothing of [null, undefined]) assert.equal(hasEndedWith(nothing, "c1"), false);
});
