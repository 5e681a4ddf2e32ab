// What waits for a second person, whose it is, and for how long still.

import assert from "node:assert/strict";
import test from "node:test";

import { isWaiting, secondsLeft, waitingForSecond } from "../../js/lib/secondPerson.js";

const SECOND = { until: "2026-05-13T03:01:00.000+00:00", rules: ["e"], says: ["Too weak."], by: null, first: "anna" };
const waits = (more = {}) => ({ id: "c7", key: "k7", state: "pending", second: SECOND, ...more });

test("an override waits until somebody confirmed it or it ended", () => {
  assert.equal(isWaiting(waits()), true);
  for (const more of [{ second: null }, { second: undefined }, { second: { ...SECOND, by: "bert" } }, { state: "cancelled" }, { state: "accepted" }])
    assert.equal(isWaiting(waits(more)), false);
});

test("a page knows its own by the key that it gave them", () => {
  const status = { orders: [waits(), waits({ id: "c8", key: "k8" }), waits({ id: "c9", key: null }), { id: "c10", state: "accepted", second: null }] };
  const found = waitingForSecond({ status, orders: [{ key: "k8" }, { key: "k1" }], visitor: { name: "bert" } });
  assert.deepEqual(
    found.map(({ command, own }) => [command.id, own]),
    [
      ["c7", false],
      ["c8", true],
      ["c9", false],
    ],
  );
  for (const status of [null, {}, { orders: null }]) assert.deepEqual(waitingForSecond({ status }), []);
});

test("a person's own is that on any page", () => {
  const status = { orders: [waits()] };
  assert.equal(waitingForSecond({ status, visitor: { name: "anna" } })[0].own, true);
  assert.equal(waitingForSecond({ status, visitor: { name: null } })[0].own, false);
});

test("it counts down by the controller's clock and never below nothing", () => {
  assert.equal(secondsLeft(waits(), new Date("2026-05-13T03:00:17.400Z")), 43);
  assert.equal(secondsLeft(waits(), new Date("2026-05-13T03:05:00Z")), 0);
});
