// What may be ordered now, from what the browser knows.

import assert from "node:assert/strict";
import test from "node:test";

import { isReadOnly, keepsThen, lockOf, mayOrder, offersUps } from "../../js/lib/permits.js";

const now = (status, more = {}) => ({ status, alive: true, debug: false, ...more });

test("an order can be given once the controller was heard, while it answers, and unless it is read-only", () => {
  assert.equal(mayOrder(now({})), true);
  assert.equal(mayOrder(now(null)), false);
  assert.equal(mayOrder(now({}, { alive: false })), false);
  assert.equal(mayOrder(now({ config: { readOnly: true } })), false);
  assert.deepEqual(
    [null, {}, { config: { readOnly: true } }].map((status) => isReadOnly(now(status))),
    [false, false, true],
  );
});

test("a lock is that of its own scope, whatever a unit's id is", () => {
  const locks = { "": { name: "anna" }, E1: { name: "bob" } };
  assert.equal(lockOf(now({ locks }), "E1").name, "bob");
  assert.equal(lockOf(now({ locks }), "").name, "anna");
  for (const scope of ["E2", "constructor", "__proto__"]) assert.equal(lockOf(now({ locks }), scope), null);
  for (const status of [null, {}, { locks: null }]) assert.equal(lockOf(now(status), "E1"), null);
});

test("UPS modes are offered with debug on, where there are any", () => {
  const status = { config: { upsModes: true } };
  assert.equal(offersUps(now(status, { debug: true })), true);
  assert.equal(offersUps(now(status)), false);
  for (const other of [null, {}, { config: { upsModes: false } }]) assert.equal(offersUps(now(other, { debug: true })), false);
});

test("a hidden page goes on asking for the sake of its own second step alone", () => {
  assert.equal(keepsThen(now({ then: { state: "waiting", mine: true } })), true);
  for (const then of [null, undefined, { state: "waiting", mine: false }, { state: "offered", mine: true }]) assert.equal(keepsThen(now({ then })), false);
  assert.equal(keepsThen(now(null)), false);
});
