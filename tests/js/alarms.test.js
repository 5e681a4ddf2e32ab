// The list of alarms: what a filter lets through, what may be done, what is new, and for what a sound is due.

import assert from "node:assert/strict";
import test from "node:test";

import { isAlarms, isPast, isServices } from "../../js/lib/alarmReplies.js";
import { chosenOf, deedsOf, groupOf, isUnread, mostHours, namesOf, newOf, STATES, subjectsOf, unreadIds, windowAt } from "../../js/lib/alarmList.js";
import { countFilters } from "../../js/lib/filters.js";
import { buildModel } from "../../js/lib/model.js";
import { describe } from "../../js/scene/outline.js";
import { SCENE_WORDS } from "../../js/scene/words.js";
import { heardOf, soundDue } from "../../js/lib/alarmSound.js";
import { kindKey, listed } from "../../js/widgets/alarmRow.js";
import { createWords } from "../../js/words.js";
import { frameOf, told } from "./frames.js";
import { BESIDE } from "./wordsIn.js";

const alarm = (id, more = {}) => ({
  id,
  priority: 3,
  state: "unacknowledged",
  active: true,
  told: true,
  inhibitedBy: null,
  of: of("E001"),
  hardware: [],
  ...more,
});
const of = (...subjects) => subjects.map((subject) => ({ subject, text: subject, active: true, told: true }));
const ids = (alarms) => alarms.map(({ id }) => id);
const chosen = (alarms, filter, textOf = () => "") => ids(chosenOf(alarms, filter, textOf));

const SOME = [
  alarm("a1", { priority: 1, hardware: ["E009"] }),
  alarm("a2", { state: "acknowledged", of: of("E002", "E003") }),
  alarm("a3", { state: "returnedUnacknowledged", active: false }),
  alarm("a4", { state: "shelved" }),
  alarm("a5", { state: "outOfService" }),
  alarm("a6", { inhibitedBy: "a1" }),
  alarm("a7", { of: of("") }),
];

test("each is in one group, and what is put away stands there whatever explains it", () => {
  assert.deepEqual(SOME.map(groupOf), ["unread", "read", "unread", "away", "away", "explained", "unread"]);
  assert.equal(groupOf(alarm("a8", { state: "shelved", inhibitedBy: "a1" })), "away");
  assert.ok(SOME.map(groupOf).every((group) => STATES.includes(group)));
});

test("a filter lets through what it asks for, in the order as it came", () => {
  assert.deepEqual(chosen(SOME, {}), ids(SOME));
  assert.deepEqual(chosen(SOME, { priority: "1" }), ["a1"]);
  assert.deepEqual(chosen(SOME, { state: "away" }), ["a4", "a5"]);
  assert.deepEqual(chosen(SOME, { unit: " e003 " }), ["a2"]);
  assert.deepEqual(chosen(SOME, { unit: "E009" }), ["a1"], "live hardware that it names is found too");
  assert.deepEqual(
    chosen(SOME, { text: "FUSE" }, ({ id }) => (id === "a7" ? "the fuse" : "")),
    ["a7"],
  );
  assert.deepEqual(chosen(SOME, { priority: "3", state: "unread", unit: "E001" }), ["a3"]);
});

test("the shown text is made only where one is looked for", () => {
  const refuse = () => assert.fail("made for nothing");
  assert.equal(chosen(SOME, { text: "  " }, refuse).length, SOME.length);
});

test("the cluster is no name", () => {
  assert.deepEqual(subjectsOf(SOME[6]), []);
  assert.deepEqual(namesOf(alarm("a1", { of: of("E001", "E002"), hardware: ["E002", "E003"] })), ["E001", "E002", "E003"]);
});

test("what may be done is what the controller lets be done", () => {
  assert.deepEqual(deedsOf(alarm("a1")), ["acknowledge", "shelve"]);
  assert.deepEqual(deedsOf(alarm("a1", { state: "acknowledged" })), ["shelve"]);
  assert.deepEqual(deedsOf(alarm("a1", { state: "returnedUnacknowledged", active: false })), ["acknowledge"]);
  assert.deepEqual(deedsOf(alarm("a1", { state: "shelved" })), ["unshelve"]);
  assert.deepEqual(deedsOf(alarm("a1", { state: "outOfService" })), []);
  assert.deepEqual(
    [1, 2, 3, 4].map((priority) => mostHours({ priority })),
    [1, 12, 12, 12],
  );
});

test("new is what is to be read and was not", () => {
  const known = unreadIds(SOME);
  assert.deepEqual([...known], ["a1", "a3", "a7"]);
  assert.deepEqual(ids(newOf([...SOME, alarm("a9"), alarm("a10", { state: "acknowledged" })], known)), ["a9"]);
  assert.equal(isUnread(alarm("a6", { inhibitedBy: "a1" })), false);
});

test("a window shows the row that is asked for, also beyond either end", () => {
  assert.equal(windowAt(0, 1000, 100), 0);
  assert.equal(windowAt(100, 1000, 100), 100);
  assert.equal(windowAt(-1, 1000, 100), 0);
  assert.equal(windowAt(1000, 1000, 100), 900);
  assert.equal(windowAt(300, 250, 100), 200, "of a list that grew shorter the last is shown");
  assert.equal(windowAt(5, 0, 100), 0);
});

test("a sound is due once for each of priority 1 or 2, and again where one was read and came back", () => {
  const [one, two, three] = [alarm("a1", { priority: 1 }), alarm("a2", { priority: 2 }), alarm("a3", { priority: 3 })];
  const first = soundDue([one, two, three], []);
  assert.deepEqual(
    [ids(first.due), first.heard],
    [
      ["a1", "a2"],
      ["a1", "a2"],
    ],
  );
  assert.deepEqual(ids(soundDue([one, two], first.heard).due), []);
  const read = soundDue([{ ...one, state: "acknowledged" }, two], first.heard);
  assert.deepEqual([ids(read.due), read.heard], [[], ["a2"]]);
  assert.deepEqual(ids(soundDue([one, two], read.heard).due), ["a1"]);
  assert.deepEqual(ids(soundDue([{ ...one, inhibitedBy: "a2" }], []).due), [], "what another explains is silent");
});

test("what has sounded is read from a text that may hold anything", () => {
  assert.deepEqual(heardOf('["a1"]'), ["a1"]);
  for (const text of [null, "", "{}", "[1]", "{"]) assert.deepEqual(heardOf(text), []);
});

test("a few names stand there and the others are counted", () => {
  const words = createWords("en", { texts: BESIDE });
  assert.equal(listed(["E001", "E002", "E003"], words), "E001, E002, E003");
  assert.equal(listed(["E001", "E002", "E003", "E004", "E005"], words), "E001, E002, E003 and 2 more");
});

test("a kind has its name, that of the journal, or stands as it is", () => {
  const words = createWords("en", { texts: BESIDE });
  assert.equal(kindKey("unitSilent", words), "alarm.kind.unitSilent");
  assert.equal(kindKey("busHigh", words), "journal.kind.busHigh");
  assert.equal(kindKey("newKind", words), "newKind");
});

test("a unit bears the priority of its gravest alarm, and what is no priority is none", () => {
  const units = { E1: told({ alarmPriority: 1 }), E2: told({ alarmPriority: 4 }), E3: told({ alarmPriority: "1" }), E4: told() };
  const model = buildModel(frameOf(units));
  assert.deepEqual(
    model.units.map(({ alarmPriority }) => alarmPriority),
    [1, 4, null, null],
  );
  assert.equal(countFilters(model.units).alarm, 1, "priority 1 and 2 are what the filter calls alarm");
  assert.match(describe(model.byId.get("E1"), SCENE_WORDS), /alarm of priority 1/);
  assert.doesNotMatch(describe(model.byId.get("E4"), SCENE_WORDS), /alarm/);
});

test("what something else answers in the controller's place is no list of alarms", () => {
  const health = { lastTenMinutes: 0, mostFrequent: [{ kind: "x", count: 1 }], standingOverADay: 0, floods: 0 };
  const time = "2026-05-13T03:00:00.000+00:00";
  const whole = { ...alarm("a1"), kind: "unitSilent", unitId: "E001", began: time, since: time, times: 1, chattering: false };
  Object.assign(whole, { cause: "c", consequence: "c", action: "a", acknowledged: null, shelved: { name: "n", at: time, text: "", until: time } });
  assert.ok(isAlarms({ alarms: [whole], health }));
  for (const wrong of [{ priority: 7 }, { of: null }, { acknowledged: {} }, { since: "now" }, { hardware: [1] }])
    assert.equal(isAlarms({ alarms: [{ ...whole, ...wrong }], health }), false, JSON.stringify(wrong));
  for (const wrong of [null, [], {}, { alarms: [] }, { alarms: {}, health }]) assert.equal(isAlarms(wrong), false);
  assert.ok(isServices({ services: [] }) && !isServices({ services: [{}] }));
  assert.ok(isPast({ alarms: [], next: null }) && !isPast({ alarms: [] }));
});
