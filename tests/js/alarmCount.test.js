// How many alarms the page's title counts: those that the controller counts, and what only the page knows.

import assert from "node:assert/strict";
import test from "node:test";

import { alarmCount, toRead } from "../../js/lib/alarmCount.js";

const told = (unacknowledged) => ({ alarms: { unacknowledged, standing: 9, gravest: 1, serial: 3 } });

test("a page that has heard nothing yet counts nothing, nor does one of a controller that tells of no alarms", () => {
  assert.equal(alarmCount({ status: null, alive: true }), 0);
  assert.equal(alarmCount({ status: { alarms: { unacknowledged: "many" } }, alive: true }), 0);
});

test("the count is the controller's", () => {
  assert.equal(alarmCount({ status: told(0), alive: true }), 0);
  assert.equal(alarmCount({ status: told(4), alive: true }), 4);
  assert.equal(toRead(told(4)), 4);
});

test("that nothing is of now is one more", () => {
  assert.equal(alarmCount({ status: told(4), alive: false }), 5);
  assert.equal(alarmCount({ status: null, alive: false }), 1);
});
