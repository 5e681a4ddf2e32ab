// Which alarms the page's title counts.

import assert from "node:assert/strict";
import test from "node:test";

import { alarmCount } from "../../js/lib/alarmCount.js";
import { createWords } from "../../js/words.js";

const words = createWords("en");
const seen = { unwatched: false, acknowledged: null };
const lost = { unwatched: true, acknowledged: null };
const known = { unwatched: true, acknowledged: { by: "10.0.0.2" } };
const count = (status, { units = [seen], alive = true } = {}) => alarmCount({ status, alive, model: { units } }, words);

test("a healthy page counts nothing, nor does one that has heard nothing yet", () => {
  assert.equal(count({ grid: { error: false }, apisWeb: { budoEmulator: { up: true } }, busConditions: [] }), 0);
  assert.equal(alarmCount({ status: null, alive: true, model: { units: [] } }, words), 0);
});

test("each alarm counts once, and what somebody has acknowledged does not", () => {
  const grave = { kind: "secondReference", unitId: null, text: "Two.", since: null, grave: true };
  assert.equal(count({ busConditions: [grave, { ...grave, kind: "heavyAlarm", grave: false }] }), 2);
  assert.equal(count({ busConditions: [{ ...grave, kind: "busLow", grave: false }] }), 0, "a warning is none");
  assert.equal(count({}, { units: [lost, lost, known] }), 2);
  assert.equal(count({ grid: { error: true }, estop: { by: "x" } }), 2);
  assert.equal(count({ apisWeb: { emulatorEmulator: { up: false }, budoEmulator: { up: false } } }), 1);
});

test("that nothing is of now is one alarm, and what was told of the grid and of apis-web none", () => {
  assert.equal(count({ grid: { error: true }, apisWeb: { budoEmulator: { up: false } } }, { units: [lost], alive: false }), 2);
});
