// How the page keeps the controller's frame whole from answers that bear only what changed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createFrames, merged } from "../../js/frame.js";

const HEAD = { serial: 5, start: "a1", moment: 10, time: "t5", mine: false };
const WHOLE = { ...HEAD, whole: true, grid: { mode: "stop" }, deals: [], estop: { by: "anna" }, units: { E1: { vg: 350 }, E2: { vg: 351 } } };
const after = (answer) => merged(merged(null, WHOLE), { ...HEAD, serial: 6, whole: false, ...answer });

test("a whole frame takes the place of whatever was held, and nothing of that is left", () => {
  assert.deepEqual(merged(null, WHOLE), { ...HEAD, grid: { mode: "stop" }, deals: [], estop: { by: "anna" }, units: WHOLE.units });
  const other = merged(merged(null, WHOLE), { ...HEAD, serial: 1, start: "b2", whole: true, deals: null, units: {} });
  assert.deepEqual(other, { ...HEAD, serial: 1, start: "b2", deals: null, units: {} });
});

test("of changes each section is replaced whole, units that are told too, and who is gone leaves", () => {
  const next = after({ moment: 12, time: "t6", mine: true, grid: { pending: "manual" }, deals: null, estop: null, units: { E2: { ig: 1 }, E3: {} }, gone: ["E1", "E9"] });
  assert.deepEqual(next, { serial: 6, start: "a1", moment: 12, time: "t6", mine: true, grid: { pending: "manual" }, deals: null, estop: null, units: { E2: { ig: 1 }, E3: {} } });
});

test("what did not change stays the very same object, and nothing new brings only the head", () => {
  const held = merged(null, WHOLE);
  const quiet = merged(held, { ...HEAD, moment: 11, time: "t5b", whole: false });
  assert.deepEqual(quiet, { ...held, moment: 11, time: "t5b" });
  for (const name of ["grid", "deals", "units"]) assert.equal(quiet[name], held[name]);
  const one = after({ units: { E2: { vg: 352 } } });
  assert.equal(one.units.E1, WHOLE.units.E1);
  assert.deepEqual(WHOLE.units.E2, { vg: 351 }, "what was held is never changed");
});

test("hostile ids are ids like others", () => {
  const next = after(JSON.parse('{"units": {"__proto__": {"vg": 1}, "constructor": {"vg": 2}}, "gone": ["toString"]}'));
  assert.deepEqual(Object.keys(next.units), ["E1", "E2", "__proto__", "constructor"]);
  const left = merged(next, { ...HEAD, serial: 7, whole: false, gone: ["__proto__"] });
  assert.deepEqual(Object.keys(left.units), ["E1", "E2", "constructor"]);
});

test("changes of another start, or of an older serial, follow nothing; nor does what is no frame", () => {
  assert.equal(after({ start: "b2" }), null);
  assert.equal(after({ serial: 4 }), null);
  assert.equal(merged(null, { ...HEAD, whole: false }), null);
  for (const odd of [null, undefined, [], "x", {}, { whole: true }]) assert.equal(merged(null, odd), null);
});

test("the page asks for what changed since the frame it holds, and for the whole after an answer that does not follow", () => {
  const frames = createFrames();
  assert.deepEqual(frames.since(), {});
  frames.take(WHOLE);
  assert.deepEqual(frames.since(), { since: 5, start: "a1" });
  assert.equal(frames.take({ ...HEAD, start: "b2", whole: false }), null);
  assert.deepEqual(frames.since(), {});
  assert.equal(frames.take({ ...WHOLE, serial: 1, start: "b2" }).serial, 1);
  assert.deepEqual(frames.since(), { since: 1, start: "b2" });
  frames.anew();
  assert.deepEqual(frames.since(), {});
});
