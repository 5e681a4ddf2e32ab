// What happened, as one stream: orders, the grid by itself and deals, by time, chosen by subject and by unit.

import assert from "node:assert/strict";
import test from "node:test";

import { FAULTS, happened } from "../../js/lib/happened.js";
import { createWords } from "../../js/words.js";

const words = createWords("en");
const at = (second) => `2026-05-13T03:00:0${second}.000+00:00`;
const STATUS = {
  endedOrders: [
    {
      id: "c2",
      order: "share",
      unitId: "E001",
      wanted: { from: "E001", to: "E003", current: 1.5 },
      by: "anna",
      at: at(1),
      endedAt: at(5),
      state: "failed",
      error: "E003 is silent.",
    },
    { id: "c1", order: "setOperationMode", unitId: null, wanted: { mode: "stop" }, by: "scheduler", at: at(1), endedAt: null, state: "verified" },
  ],
  gridEvents: [
    { at: at(2), kind: "mode", unitId: null, text: "The cluster went to Run." },
    { at: at(4), kind: "busHigh", unitId: "E002", text: "The bus is too high at E002." },
  ],
  dealEvents: [
    { at: at(3), kind: "deal", unitId: null, text: "A deal from E002 to E003 was agreed.", after: { giver: "E002", taker: "E003" } },
    { at: at(3), kind: "deal", unitId: null, text: "A deal from E002 to E003 was agreed.", after: { giver: "E002", taker: "E003" } },
  ],
};

function texts(choice) {
  return happened(STATUS, choice, words).map(({ text }) => text);
}

test("all stands in one stream, the newest first, with what came of an order and who gave it", () => {
  const told = happened(STATUS, {}, words);
  assert.deepEqual(
    told.map(({ text }) => text),
    [
      "Guided sharing: 1.5 A from E001 to E003",
      "The bus is too high at E002.",
      "A deal from E002 to E003 was agreed.",
      "A deal from E002 to E003 was agreed.",
      "The cluster went to Run.",
      "Force Stop · cluster",
    ],
  );
  assert.deepEqual(told[0].more, ["failed: E003 is silent.", "by anna"]);
  assert.equal(told[0].level, "alarm");
  assert.deepEqual(told[5].more, ["done, seen in effect", "by the scheduler"]);
  assert.equal(new Set(told.map(({ key }) => key)).size, 6);
});

test("a subject or a unit chooses among it, and no more than asked for are told", () => {
  assert.deepEqual(texts({ about: "deals" }).length, 2);
  assert.deepEqual(texts({ about: "faults" }), ["The bus is too high at E002."]);
  assert.deepEqual(texts({ about: "grid" }), ["The bus is too high at E002.", "The cluster went to Run."]);
  assert.deepEqual(texts({ about: "orders" }).length, 2);
  assert.deepEqual(texts({ unitId: "E003" }).length, 3);
  assert.deepEqual(texts({ unitId: "E002", about: "grid" }), ["The bus is too high at E002."]);
  assert.equal(texts({ most: 2 }).length, 2);
});

test("before anything is told there is nothing, and no fault", () => {
  assert.deepEqual(happened(null, {}, words), []);
  assert.deepEqual(happened({ gridEvents: null }, {}, words), []);
  assert.ok(FAULTS.size > 10);
});
