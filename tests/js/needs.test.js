// What a control waits for before it is pressed: said while it is so, and no longer than that.

import assert from "node:assert/strict";
import test from "node:test";

import { buildModel, statusOf } from "../../js/lib/model.js";
import { lockNeeds, modeNeeds, orderNeeds, sharingNeeds, shutDownNeeds } from "../../js/lib/needs.js";
import { needSentence } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";
import { frameOf, told } from "./frames.js";

const words = createWords("en");

function manual(more = {}) {
  return told({ globalMode: "manual", effective: "manual", lastWord: "0x0000", ...more });
}

/** What the page knows of these units, and of the rest as `more` says. */
function known(units, { grid = {}, alive = true, ...more } = {}) {
  const frame = { ...frameOf(units, { grid: { mode: "manual", pending: null, ...grid } }), ...more };
  return { status: statusOf(frame), model: buildModel(frame), alive };
}

const text = (need) => needSentence(need, words);
const TWO = { E1: manual(), E2: manual() };

test("without an answer, or read-only, no order can be given, and that is what a control says", () => {
  assert.equal(text(orderNeeds({ status: null, alive: true })), "Nothing is known of the grid yet.");
  assert.equal(text(orderNeeds(known(TWO, { alive: false }))), "This controller does not answer.");
  assert.equal(text(shutDownNeeds(known(TWO, { alive: false }))), "This controller does not answer.");
  const readOnly = known(TWO);
  readOnly.status.config = { readOnly: true };
  assert.equal(text(sharingNeeds(readOnly, "E1", "E2")), "Read-only: nothing but stops is sent.");
  assert.equal(orderNeeds(known(TWO)), null);
});

test("Run says at its choice what would refuse it, and what stops never does", () => {
  const shared = known(TWO, { share: { state: "running" } });
  const locked = known(TWO, { locks: { "": { name: "anna", reason: "work", since: "2026-11-27T03:00:00Z" } } });
  assert.equal(text(modeNeeds(shared, "autonomous")), "A guided sharing is running: end it first.");
  assert.equal(text(modeNeeds(locked, "autonomous")), "The cluster is locked by anna.");
  for (const wanted of ["", "heteronomous", "stop", "manual"]) assert.equal(modeNeeds(shared, wanted), null);
  assert.equal(modeNeeds(known(TWO), "autonomous"), null);
});

test("Shut Down names the mode, then the units that do not show it, then those at work (Z8, T15)", () => {
  assert.equal(text(shutDownNeeds(known(TWO, { grid: { mode: "autonomous" } }))), "Shut Down needs Manual in force; now Run.");
  assert.equal(text(shutDownNeeds(known({ ...TWO, E3: manual({ effective: "stop" }) }))), "Shut Down needs Manual in force; not yet at E3.");
  assert.equal(text(shutDownNeeds(known({ ...TWO, E3: manual({ state: "silent" }) }))), "No live data of E3.");
  assert.equal(text(shutDownNeeds(known({ ...TWO, E3: manual({ lastWord: "0x0014" }) }))), "E3 must be in Wait first.");
  assert.equal(text(shutDownNeeds(known(TWO, { grid: { pending: "stop" } }))), "Force Stop is on its way: wait until it is in force.");
  assert.equal(shutDownNeeds(known(TWO)), null);
  assert.equal(shutDownNeeds(known({ ...TWO, E3: manual({ lastWord: "0x0014" }) }), "E1"), null, "another unit's work is none of its own");
  assert.equal(shutDownNeeds(known({ E1: manual({ effective: null }) })), null, "one that tells no mode may be in Manual: the controller decides");
});

test("a guided sharing says what it needs, one thing at a time, and nothing once it may begin", () => {
  const needs = (units, more) => text(sharingNeeds(known(units, more), "E1", "E2"));
  const run = { globalMode: "autonomous", effective: "autonomous" };
  assert.equal(needs({ E1: manual(run), E2: manual(run) }, { grid: { mode: "autonomous" } }), "Needs Manual in force; now Run.");
  assert.equal(needs({ E1: manual(), E2: manual(run) }), "Needs Manual in force; not at E2.");
  assert.equal(needs(TWO, { grid: { pending: "manual", mode: "stop" } }), "Manual is on its way: wait until it is in force.");
  assert.equal(needs({ E1: manual(), E2: manual({ state: "stale" }) }), "Needs two live units.");
  assert.equal(needs({ ...TWO, E2: manual({ state: "stale" }), E3: manual() }), "No live data of E2.");
  assert.equal(needs({ E1: manual(), E2: manual({ alarm: true }) }), "Heavy alarm at E2.");
  assert.equal(needs({ E1: manual(), E2: manual({ lastWord: "0x0041" }) }), "E2 must be in Wait first.");
  assert.equal(needs({ ...TWO, E3: manual({ lastWord: "0x0014" }) }), "Needs the bus for itself: E3 must be in Wait first.");
  assert.equal(needs(TWO, { share: { state: "running" } }), "A guided sharing is running: end it first.");
  assert.equal(needs(TWO, { share: { state: "interrupted" } }), "One from before a restart has not been ended: end it first.");
  assert.equal(needs(TWO, { locks: { "": { name: "Sato" } } }), "The cluster is locked by Sato.");
  assert.equal(needs(TWO, { locks: { E2: { name: "Sato" } } }), "E2 is locked by Sato.");
  assert.equal(needs(TWO, { locks: { E3: { name: "Sato" } } }), "", "another unit's lock keeps nothing");
  assert.equal(needs(TWO, { estop: { by: "anna" } }), "E-stop latched: this is refused until it is reset.");
  assert.equal(needs(TWO), "");
});

test("a unit's lock waits for its stop to be seen, the cluster's for nothing", () => {
  assert.equal(text(lockNeeds(known({ E1: manual({ localMode: "" }) }), "E1")), "E1 must show local Force Stop first.");
  assert.equal(text(lockNeeds(known({ E1: manual({ localMode: "stop", lastWord: "0x0041" }) }), "E1")), "E1 must be in Wait first.");
  assert.equal(text(lockNeeds(known({ E1: manual({ localMode: "stop", state: "silent" }) }), "E1")), "No live data of E1.");
  assert.equal(lockNeeds(known({ E1: manual({ localMode: "stop" }) }), "E1"), null);
  assert.equal(lockNeeds(known(TWO), null), null);
});
