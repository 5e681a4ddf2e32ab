// The journal's rows as matters: one for each order, in the page's words, without JSON, wire names or what is not told.

import assert from "node:assert/strict";
import test from "node:test";

import { beganAt, detailsOf, levelOf, mattersOf, outcomeOf, titleOf } from "../../js/lib/matters.js";
import { standing } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";
import { BESIDE } from "./wordsIn.js";

const words = createWords("en", { texts: BESIDE });
let id = 0;

/** A row, the newest last; `more` as /journal gives it. */
function row(stage, more = {}) {
  id += 1;
  const base = { id, at: `2026-05-13T03:00:0${id % 10}.000+00:00`, kind: "order", by: "anna", unitId: null, what: "wire words", before: null, after: null };
  return { ...base, outcome: "", commandId: "c7", order: "setOperationMode", stage, ...more };
}

function newestFirst(...rows) {
  return [...rows].reverse();
}

const SOFT_STOP = newestFirst(
  row("came", { after: { mode: "heteronomous" }, before: { mode: "autonomous" } }),
  row("intent", { kind: "intent", after: { mode: "heteronomous" } }),
  row("accepted", { outcome: "accepted", after: { wanted: { mode: "heteronomous" }, sent: true } }),
  row("verified", {
    outcome: "verified",
    after: { wanted: { mode: "heteronomous" }, sent: true, units: { E001: { state: "verified", shows: "heteronomous" } } },
  }),
);

test("the stages of one order are one matter, which began with its coming and stands as its end says", () => {
  const other = row("event", { commandId: null, order: null, kind: "gridError", what: "The grid reports an error." });
  const matters = mattersOf([other, ...SOFT_STOP]);
  assert.equal(matters.length, 2);
  const [event, order] = matters;
  assert.equal(titleOf(order, words), "Soft Stop · cluster");
  assert.equal(outcomeOf(order, words), "done, seen in effect");
  assert.equal(beganAt(order), SOFT_STOP.at(-1).at);
  assert.equal(levelOf(order), null);
  assert.equal(titleOf(event, words), "The grid reports an error.");
  assert.equal(outcomeOf(event, words), "");
});

test("the details name stages and fields as the page does, with no JSON and no wire name", () => {
  const [order] = mattersOf(SOFT_STOP);
  const told = detailsOf(order, words, (iso) => iso.slice(17, 19)).map(({ label, text }) => `${label} = ${text}`);
  const at = order.rows.map(({ at: iso }) => iso.slice(17, 19));
  assert.deepEqual(told, [
    `${at[0]} = came`,
    `${at[1]} = about to be sent`,
    `${at[2]} = accepted; not yet seen in the readings`,
    `${at[3]} = done, seen in effect`,
    "Mode = Soft Stop",
    "Before: Mode = Run",
    "E001 = done, seen in effect; shows Soft Stop",
  ]);
  assert.doesNotMatch(told.join(), /[{}"]|heteronomous|autonomous|verified/);
});

for (const [order, answered, seen] of [
  ["setDcdc", "done by its converter's answer; not seen in a reading yet", "done, seen in effect"],
  ["stopAll", "Every unit known is in Wait, all by their own answer, not seen in a reading yet.", "Every unit known is in Wait."],
]) {
  test(`what ${order} says by its converters' answers is said as everywhere, until a reading shows it`, () => {
    const verified = (evidence) =>
      row("verified", { order, commandId: "c6", outcome: "verified", after: { wanted: {}, sent: true, units: { E001: { state: "verified", evidence } } } });
    const [byAnswer] = mattersOf([verified("converter")]);
    assert.equal(outcomeOf(byAnswer, words), answered);
    assert.equal(outcomeOf(byAnswer, words), standing({ order, state: "verified", units: byAnswer.row.after.units }, words));
    const details = detailsOf(byAnswer, words, () => "").map(({ text }) => text);
    assert.doesNotMatch(details.join(), /done, seen in effect/);
    const [shown] = mattersOf(newestFirst(byAnswer.row, verified("reading")));
    assert.equal(outcomeOf(shown, words), seen);
  });
}

test("an order that is still under way says so, and one whose end nobody knows claims none", () => {
  const [came] = mattersOf(newestFirst(row("came", { commandId: "c8", after: { mode: "stop" } }), row("intent", { commandId: "c8", after: { mode: "stop" } })));
  assert.equal(outcomeOf(came, words), "under way");
  const [lost] = mattersOf([row("unknown", { commandId: "c9", outcome: "unknown: None", after: { mode: "stop" } })]);
  assert.equal(outcomeOf(lost, words), "not known");
  assert.equal(levelOf(lost), "warn");
});

test("a lock is one matter: its row stands among the stages of its order", () => {
  const lock = (stage, more = {}) => row(stage, { order: "setLock", commandId: "c12", unitId: "E001", after: { name: "Sato", reason: "fuse" }, ...more });
  const rows = newestFirst(
    lock("came"),
    lock("set", { kind: "lock", what: "lock on E001 set", outcome: "set" }),
    lock("accepted", { outcome: "accepted" }),
    lock("verified", { outcome: "verified", after: { wanted: { name: "Sato", reason: "fuse" }, sent: true } }),
  );
  const matters = mattersOf(rows);
  assert.equal(matters.length, 1);
  assert.equal(outcomeOf(matters[0], words), "set");
  assert.match(titleOf(matters[0], words), /^Lock · /);
});

test("the reason of an outcome is told in the page's own words before it", () => {
  const [refused] = mattersOf([row("refused", { kind: "refusal", outcome: "refused: E2 is locked.", after: { wanted: { mode: "autonomous" } } })]);
  assert.equal(titleOf(refused, words), "Run · cluster");
  assert.equal(outcomeOf(refused, words), "refused: E2 is locked.");
  const why = "E1 zeigt charge.";
  words.learn([
    {
      text: `contradicted: ${why}`,
      code: "watching.outcome",
      parameters: { stage: { text: "contradicted", code: "store.contradicted", parameters: {} }, why },
    },
  ]);
  const [contradicted] = mattersOf([row("contradicted", { outcome: `contradicted: ${why}`, after: null })]);
  assert.equal(outcomeOf(contradicted, words), `contradicted by the readings: ${why}`);
  assert.equal(levelOf(contradicted), "alarm");
});

test("schedules, locks and what the grid did keep their own sentence; their values are said with their measures", () => {
  const lock = row("set", { kind: "lock", order: "setLock", commandId: null, what: "lock on E001 set", after: { name: "Sato", reason: "fuse", since: null } });
  const [matter] = mattersOf([lock]);
  assert.equal(titleOf(matter, words), "lock on E001 set");
  assert.deepEqual(
    detailsOf(matter, words, String).map(({ label, text }) => [label, text]),
    [
      ["After: Name", "Sato"],
      ["After: Reason", "fuse"],
    ],
  );
  const converter = newestFirst(row("came", { commandId: "c3", order: "setDcdc", unitId: "E001", after: { word: "0x0041", dvg: 350, dig: 2 } }));
  const [order] = mattersOf(converter);
  assert.equal(titleOf(order, words), "charging +2.0 A · E001");
  const told = detailsOf(order, words, () => "").slice(1);
  assert.deepEqual(
    told.slice(0, 3).map(({ label, text }) => `${label}: ${text}`),
    ["Converter: charging", "Bus voltage: 350 V", "Grid current: 2 A"],
  );
});
