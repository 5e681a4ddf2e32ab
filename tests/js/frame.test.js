// How the page keeps the controller's frame whole from answers that bear only what changed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createFrames, merged, untilNews } from "../../js/frame.js";

const HEAD = { serial: 5, start: "a1", moment: 10, time: "2026-11-27T03:00:05Z", mine: false };
const ABOUT = { columns: ["readAt", "vg"] };
const WHOLE = {
  ...HEAD,
  whole: true,
  about: ABOUT,
  grid: { mode: "stop" },
  deals: [],
  estop: { by: "anna" },
  units: { E1: { state: "live" }, E2: { state: "live" } },
  figures: { E1: ["t1", 350], E2: ["t2", null] },
};
const UNITS = { E1: { state: "live", readAt: "t1", vg: 350 }, E2: { state: "live", readAt: "t2", vg: null } };
const after = (answer) => merged(merged(null, WHOLE), { ...HEAD, serial: 6, whole: false, ...answer });

test("a whole frame takes the place of whatever was held, and nothing of that is left", () => {
  assert.deepEqual(merged(null, WHOLE), { ...HEAD, about: ABOUT, grid: { mode: "stop" }, deals: [], estop: { by: "anna" }, units: UNITS });
  const other = merged(merged(null, WHOLE), { ...HEAD, serial: 1, start: "b2", whole: true, about: ABOUT, deals: null, units: {} });
  assert.deepEqual(other, { ...HEAD, serial: 1, start: "b2", about: ABOUT, deals: null, units: {} });
});

test("of changes each section is replaced whole, and who is gone leaves", () => {
  const next = after({ moment: 12, time: "2026-11-27T03:00:06Z", mine: true, grid: { pending: "manual" }, deals: null, estop: null, gone: ["E1", "E9"] });
  assert.deepEqual(next, {
    serial: 6,
    start: "a1",
    moment: 12,
    time: "2026-11-27T03:00:06Z",
    mine: true,
    about: ABOUT,
    grid: { pending: "manual" },
    deals: null,
    estop: null,
    units: { E2: UNITS.E2 },
  });
});

test("a unit's entry and its row of figures change by themselves, and a newcomer has both", () => {
  const next = after({ units: { E1: { state: "stale" }, E3: { state: "live" } }, figures: { E2: ["t9", 349], E3: ["t9", 1] } });
  assert.deepEqual(next.units, {
    E1: { state: "stale", readAt: "t1", vg: 350 },
    E2: { state: "live", readAt: "t9", vg: 349 },
    E3: { state: "live", readAt: "t9", vg: 1 },
  });
  assert.deepEqual(after({ about: { columns: ["vg", "readAt"] }, figures: { E1: [7, "t9"] } }).units.E1, { state: "live", readAt: "t9", vg: 7 });
});

test("what did not change stays the very same object, and nothing new brings only the head", () => {
  const held = merged(null, WHOLE);
  const quiet = merged(held, { ...HEAD, moment: 11, time: "2026-11-27T03:00:09Z", whole: false });
  assert.deepEqual(quiet, { ...held, moment: 11, time: "2026-11-27T03:00:09Z" });
  for (const name of ["grid", "deals", "units"]) assert.equal(quiet[name], held[name]);
  const one = merged(held, { ...HEAD, serial: 6, whole: false, figures: { E2: ["t9", 352] } });
  assert.equal(one.units.E1, held.units.E1);
  assert.deepEqual(held.units, UNITS, "what was held is never changed");
});

test("hostile ids are ids like others", () => {
  const next = after(JSON.parse('{"units": {"__proto__": {"name": "x"}}, "figures": {"__proto__": ["t", 1], "constructor": ["t", 2]}, "gone": ["toString"]}'));
  assert.deepEqual(Object.keys(next.units), ["E1", "E2", "__proto__", "constructor"]);
  assert.deepEqual(
    Object.entries(next.units)
      .slice(2)
      .map(([, unit]) => unit),
    [
      { name: "x", readAt: "t", vg: 1 },
      { readAt: "t", vg: 2 },
    ],
  );
  const left = merged(next, { ...HEAD, serial: 7, whole: false, gone: ["__proto__"] });
  assert.deepEqual(Object.keys(left.units), ["E1", "E2", "constructor"]);
});

test("changes of another start, or of an older serial, follow nothing; nor does what is no frame", () => {
  assert.equal(after({ start: "b2" }), null);
  assert.equal(after({ serial: 4 }), null);
  assert.equal(merged(null, { ...HEAD, whole: false }), null);
  for (const odd of [
    null,
    undefined,
    [],
    "x",
    {},
    { whole: true },
    { serial: 7, whole: true },
    { ...WHOLE, time: "soon" },
    { ...WHOLE, about: null },
    { ...WHOLE, units: [] },
  ])
    assert.equal(merged(null, odd), null);
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

test("when the next news is expected is told by the controller's own clock", () => {
  const time = "2026-05-13T12:00:00.000+00:00";
  assert.equal(untilNews({ time, newsAt: "2026-05-13T12:00:00.640+00:00" }), 640);
  assert.equal(untilNews({ time, newsAt: "2026-05-13T11:59:59.900+00:00" }), -100);
  assert.equal(untilNews({ time, newsAt: null }), null);
  assert.equal(untilNews({ time }), null);
  assert.equal(untilNews(null), null);
});

test("an answer with a section of another kind is none", () => {
  assert.notEqual(merged(null, WHOLE), null);
  for (const [name, value] of [
    ["grid", null],
    ["grid", 7],
    ["units", { E1: null }],
    ["figures", { E1: {} }],
    ["orders", null],
    ["deals", "none"],
    ["bus", []],
    ["alarms", []],
    ["alarms", null],
  ])
    assert.equal(merged(null, { ...WHOLE, [name]: value }), null, `${name}: ${JSON.stringify(value)}`);
  const held = merged(null, WHOLE);
  assert.equal(merged(held, { ...HEAD, serial: 6, whole: false, grid: null }), null);
  assert.notEqual(merged(held, { ...HEAD, serial: 6, whole: false, deals: null }), null);
});
