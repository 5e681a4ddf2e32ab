// What the panels decide, apart from the page: the converter form, filters, schedule times, sentences, words.

import assert from "node:assert/strict";
import test from "node:test";

import { choiceOf, converterOrder, isOver, isStopOver, limitsOf, setCurrentOf } from "../../js/lib/converter.js";
import { countFilters, selectUnits } from "../../js/lib/filters.js";
import { isDrained } from "../../js/lib/drained.js";
import { buildModel } from "../../js/lib/model.js";
import { nextSchedule } from "../../js/lib/next_schedule.js";
import {
  failureSentence,
  lastKnownSentence,
  liveNow,
  modeName,
  namesOf,
  orderName,
  orderTitle,
  scheduleText,
  standing,
  stateSentence,
  unwatchedSentence,
} from "../../js/lib/sentences.js";
import { chooseLanguage, createWords } from "../../js/words.js";
import { SCENE_WORDS } from "../../js/scene/words.js";
import en from "../../js/i18n/en.js";
import ja from "../../js/i18n/ja.js";
import besideEn from "../../js/i18n/beside/en.js";
import besideJa from "../../js/i18n/beside/ja.js";
import pastEn from "../../js/i18n/past/en.js";
import pastJa from "../../js/i18n/past/ja.js";
import { deal, frameOf, told } from "./frames.js";

const LIMITS = { min: 300, max: 380, current: 2.3 };
const words = createWords("en");

function unit(id, { global: globalMode = "autonomous", effective = globalMode, word: lastWord = "0x0000", display: name = id, ...more } = {}) {
  return told({ globalMode, effective, lastWord, name, ip: "192.168.0.1", ...more });
}

/** A sentence of the controller whose code the page has learnt. */
function knowing(text, code, parameters) {
  words.learn([{ text, code, parameters }]);
  return text;
}

function modelOf(units, deals = [], grid = {}) {
  return buildModel(frameOf(units, { deals, grid }));
}

test("the sign of the Grid current chooses the word, and a discharge asks for 20 V more (T33, A15-4)", () => {
  assert.deepEqual(converterOrder("current", 2, 350, LIMITS), { kind: "charge", parameters: { mode: "0x0041", dvg: 350, dig: 2 } });
  assert.deepEqual(converterOrder("current", -1.5, 350, LIMITS), { kind: "discharge", parameters: { mode: "0x0002", dvg: 370, dig: 1.5 } });
  assert.deepEqual(converterOrder("voltage", 2.3, 345.5, LIMITS), { kind: "voltage", parameters: { mode: "0x0014", dvg: 345.5, dig: 2.3 } });
  assert.deepEqual(converterOrder("stopped", null, null, LIMITS), { kind: "stopped", parameters: { mode: "0x0000", dvg: 0, dig: 0 } });
});

test("the form refuses what cannot be meant, and says what is wrong", () => {
  const problem = (...given) => converterOrder(...given).problem;
  assert.equal(problem("current", null, 350, LIMITS), "converter.number");
  assert.equal(problem("current", NaN, 350, LIMITS), "converter.number");
  assert.equal(problem("current", 0, 350, LIMITS), "converter.zero");
  assert.equal(problem("current", 2.31, 350, LIMITS), "converter.range");
  assert.equal(problem("current", -2.31, 350, LIMITS), "converter.range");
  assert.equal(problem("voltage", -1, 350, LIMITS), "converter.nosign");
  assert.equal(problem("voltage", 1, null, LIMITS), "converter.bus");
  assert.equal(problem("voltage", 1, 299.9, LIMITS), "converter.bus");
  assert.equal(problem("current", 1, 380.1, LIMITS), "converter.bus");
  assert.equal(problem("current", -1, 360.1, LIMITS), "converter.bus.discharge");
  assert.equal(problem("current", -1, 360, LIMITS), undefined);
});

test("an order seen in effect is over once its converter does something else; what awaits a reading or alarms is not", () => {
  const line = { command: { order: "setDcdc", wanted: { word: "0x0014" } }, kind: "done", watched: null, ended: 0 };
  const unit = { state: "live", word: "wait" };
  assert.equal(isOver(line, unit, 14_000), false, "the page's data may be older than the reading that proved it");
  assert.equal(isOver(line, unit, 16_000), true);
  assert.equal(isOver(line, { ...unit, word: null }, 16_000), true);
  assert.equal(isOver(line, { ...unit, word: "reference" }, 16_000), false);
  for (const change of [{ watched: 5 }, { kind: "bad" }, { kind: "wait" }, { command: undefined }, { command: { order: "setLock" } }])
    assert.equal(isOver({ ...line, ...change }, unit, 16_000), false);
  assert.equal(isOver(line, { ...unit, state: "stale", lastWord: "reference" }, 16_000), false);
  assert.equal(isOver(line, { ...unit, state: "silent", lastWord: null }, 16_000), false);
  assert.equal(isOver(line, { state: "silent", word: "reference", lastWord: "wait" }, 16_000), true);
});

test("a Stop all that was done, also by answers alone, is not told as done beside a converter that works again", () => {
  const line = { command: { order: "stopAll", state: "verified" }, kind: "done", watched: 5, ended: 0 };
  const unit = (word, more = {}) => ({ state: "live", word, ...more });
  assert.equal(isStopOver(line, [unit("wait"), unit("reference")], 36_000), true);
  assert.equal(isStopOver({ ...line, kind: "warn", watched: null }, [unit("reference")], 36_000), true);
  assert.equal(isStopOver(line, [unit("wait"), unit("wait", { state: "silent", lastWord: "charge" })], 36_000), true);
  assert.equal(isStopOver(line, [unit("wait"), unit(null)], 36_000), false);
  assert.equal(isStopOver(line, [unit("reference")], 34_000), false, "readings come late after a stop");
  assert.equal(isStopOver({ ...line, kind: "bad", command: { state: "contradicted" } }, [unit("reference")], 36_000), false);
  assert.equal(isStopOver({ ...line, kind: "warn", command: { state: "partlyVerified" } }, [unit("reference")], 36_000), false);
});

test("the form mirrors the converter: its word as the choice, its set current with the sign of the word", () => {
  assert.deepEqual(["wait", "reference", "charge", "discharge", null].map(choiceOf), ["stopped", "voltage", "current", "current", null]);
  assert.equal(setCurrentOf({ word: "discharge", dig: 2 }), -2);
  assert.equal(setCurrentOf({ word: "charge", dig: 2 }), 2);
  assert.equal(setCurrentOf({ word: "wait", dig: 2 }), null);
  assert.equal(setCurrentOf({ word: "charge", dig: null }), null);
  assert.deepEqual(limitsOf(null), LIMITS);
  assert.equal(limitsOf({ limits: { maxgridcurrent: 5 } }).current, 5);
});

test("filters, search and sort choose and order the units; ties stay in id order", () => {
  const model = modelOf(
    {
      E1: unit("E1", { rsoc: 10 }),
      E2: unit("E2", { rsoc: 90, effective: "stop", display: "mill" }),
      E10: unit("E10", { rsoc: 90, wg: -700, ig: -2, word: "0x0002" }),
    },
    [deal("E10", "E1")],
  );
  const ids = (choice) => selectUnits(model.units, choice).map(({ id }) => id);
  assert.deepEqual(ids({}), ["E1", "E2", "E10"]);
  assert.deepEqual(ids({ filter: "deal" }), ["E1", "E10"]);
  assert.deepEqual(ids({ mode: "stop" }), ["E2"]);
  assert.deepEqual(ids({ find: "MILL" }), ["E2"]);
  assert.deepEqual(ids({ sort: "charge" }), ["E2", "E10", "E1"]);
  assert.deepEqual(ids({ sort: "power" }), ["E10", "E1", "E2"]);
  assert.deepEqual(countFilters(model.units), { all: 3, live: 3, stale: 0, silent: 0, alarm: 0, deal: 2 });
});

test("a Soft Stop is drained when no deal is left and every converter is in Wait, never where no Grid Master keeps the deals", () => {
  const soft = { E1: unit("E1", { global: "heteronomous" }), E2: unit("E2", { global: "heteronomous" }) };
  const grid = { mode: "heteronomous", gridMaster: "E1", noGridMaster: false };
  assert.equal(isDrained(modelOf(soft, [], grid)), true);
  assert.equal(isDrained(modelOf(soft, [deal("E1", "E2")], grid)), false);
  assert.equal(isDrained(modelOf({ ...soft, E1: unit("E1", { word: "0x0014" }) }, [], grid)), false);
  assert.equal(isDrained(modelOf(soft, null, grid)), false);
  for (const gridMaster of [null, undefined]) assert.equal(isDrained(modelOf(soft, [], { ...grid, gridMaster, noGridMaster: null })), false);
});

test("unwatched hardware is named with for how long and in which word it was last seen (Z6a)", () => {
  const base = { id: "E001", age: 130, dvg: 350, dig: 2, word: "wait" };
  assert.equal(
    unwatchedSentence({ ...base, state: "silent", lastWord: "reference" }, words),
    "E001 has been silent for 2 min 10 s; last seen as voltage reference at 350 V.",
  );
  assert.equal(unwatchedSentence({ ...base, state: "stale", lastWord: "charge" }, words), "E001 has been stale for 2 min 10 s; last seen charging 2.0 A.");
  assert.match(unwatchedSentence({ ...base, age: null, state: "silent", lastWord: null, word: null }, words), /^E001 is a member .* unknown\.$/);
  assert.equal(stateSentence({ state: "silent", age: null }, words), "silent, never seen");
});

test("orders are titled and their standing told from the command alone, whatever is missing", () => {
  assert.equal(orderTitle({ order: "setOperationMode", unitId: null, wanted: { mode: "heteronomous" } }, words), "Soft Stop · cluster");
  assert.equal(orderTitle({ order: "setBudo", unitId: null, wanted: { mode: "quiet" } }, words), "Soft Stop · cluster");
  assert.equal(orderTitle({ order: "setOperationMode", unitId: "E1", wanted: { mode: "" } }, words), "Clear local mode · E1");
  assert.equal(orderTitle({ order: "setDcdc", unitId: "E1", wanted: { word: "0x0002", dvg: 370, dig: 2 } }, words), "discharging -2.0 A · E1");
  assert.equal(orderTitle({ order: "setDcdc", unitId: "E1", wanted: { word: "0x0000", dvg: 0, dig: 0 } }, words), "Stopped · E1");
  assert.equal(orderTitle({ order: "somethingNew" }, words), "somethingNew · cluster");
  assert.equal(standing({ state: "accepted", progress: { shown: 17, of: 19 } }, words), "accepted; seen at 17 of 19 units");
  assert.equal(standing({ state: "pending", progress: { shown: 3, of: 20 } }, words), "sending; seen at 3 of 20 units");
  assert.equal(standing({ state: "accepted" }, words), "accepted; not yet seen in the readings");
  assert.equal(standing({ state: "failed", error: "E2 is silent." }, words), "failed: E2 is silent.");
  assert.equal(standing({ state: "verified", units: { E9: { state: "unconfirmed" } } }, words), "done, seen in effect; unconfirmed: E9");
  assert.equal(standing({ order: "setLock", state: "verified" }, words), "set"); // no reading shows it
  assert.equal(standing({ order: "clearSchedule", state: "verified" }, words), "cleared");
  assert.equal(standing({ order: "acknowledge", state: "verified" }, words), "done");
  assert.equal(standing({ order: "stopAll", state: "pending", progress: { shown: 4, of: 4 } }, words), "seen at all 4 units; being confirmed");
  assert.equal(standing({ order: "share", state: "accepted", progress: { step: "currentOn" } }, words), "step 3 of 6: Current on");
  assert.equal(standing({ order: "share", state: "accepted", progress: { step: "leap" } }, words), "leap");
  const share = { order: "share", unitId: "E2", wanted: { current: 1.5, from: "E2", to: "E3" } };
  assert.equal(orderTitle(share, words), "Guided sharing: 1.5 A from E2 to E3");
  const ups = { order: "upsMode", state: "accepted", units: { E1: { state: "accepted" }, E2: { state: "failed", error: "no UPS" } } };
  assert.equal(standing(ups, words), "accepted; not yet seen in the readings; not taken by E2: no UPS");
  const none = knowing("No UPS took the mode: E2.", "orders.noUpsTookIt", { units: ["E2"] });
  assert.equal(standing({ ...ups, state: "failed", error: none }, words), "failed: No UPS took the mode: E2.");
  assert.equal(namesOf(["a", "b", "c"], words, 2), "a, b and 1 more");
  assert.equal(modeName("odd", words), "odd");
  assert.equal(modeName(null, words), "--");
});

test("an order without an answer is told as unknown, a refusal in the controller's own sentence (Z8a)", () => {
  assert.match(failureSentence({ failure: "unreachable" }, words), /unknown/);
  assert.match(failureSentence({ failure: "timedOut" }, words), /unknown/);
  assert.equal(failureSentence({ failure: "refused", body: { error: "E1 is locked.", sent: false } }, words), "E1 is locked.");
  assert.match(
    failureSentence({ failure: "refused", body: { error: "No answer.", sent: "unknown" } }, words),
    /^No answer\. \(it may have been carried out\)$/,
  );
});

test("the end of Stop all is every unit in Wait, or the sentence with the units that are not (Z9)", () => {
  const units = { E1: { state: "verified" }, E2: { state: "timedOut" } };
  assert.equal(standing({ order: "stopAll", state: "verified", units }, words), "Every unit known is in Wait.");
  assert.equal(standing({ order: "stopAll", state: "failed", error: "1 of 2 units.", units }, words), "1 of 2 units. Not seen in Wait: E2");
  const unseen = knowing("Not seen in Wait: E2. No Force Stop.", "joined", {
    parts: [{ text: "Not seen in Wait: E2.", code: "procedures.unitsNotSeenInWait", parameters: { units: ["E2"] } }, "No Force Stop."],
    between: " ",
  });
  assert.equal(standing({ order: "stopAll", state: "failed", error: unseen, units }, words), unseen);
});

test("an order refused for its moment is told with what came since its question was opened", () => {
  const came = [{ order: "setOperationMode", unitId: null, by: "10.0.0.7", at: "2026-11-22T00:00:00Z", mode: "stop" }];
  const refusal = (body) => failureSentence({ failure: "refused", body: { error: "Too late.", sent: false, cause: "moment", ...body } }, words);
  assert.match(refusal({ came }), /^Too late\. Since then: Force Stop · cluster \(10\.0\.0\.7, .+\)\.$/);
  assert.equal(refusal({ came: [] }), "Too late.");
  assert.equal(refusal({}), "Too late.");
  const named = knowing("Force Stop by 10.0.0.7 came.", "orders.cameSince", { what: "Force Stop", by: "10.0.0.7" });
  assert.equal(refusal({ came, error: named }), named);
});

test("nothing is left out because a sentence happens to hold its letters, only because its parameters name it", () => {
  const units = { E1: { state: "failed", error: "no UPS" }, E10: { state: "failed", error: "no UPS" } };
  const ups = { order: "upsMode", unitId: null, state: "timedOut", units };
  const without = standing({ ...ups, error: "Not seen at E10, said E1." }, words);
  assert.match(without, /not taken by E1: no UPS.*E10: no UPS/);
  const error = knowing("Not seen in effect within 60 s: E10 shows nothing.", "watching.notSeen", {
    seconds: 60,
    units: [{ text: "E10 shows nothing", code: "watching.showsNothing", parameters: { unit: "E10" } }],
  });
  const told = standing({ ...ups, error }, words);
  assert.match(told, /not taken by E1: no UPS$/);
  const many = knowing("No UPS took the mode: E1 and more.", "orders.noUpsTookIt", { units: ["A", "B", "C", "D", "E", "F", "G", "H", "E1", "E10"] });
  assert.match(standing({ ...ups, state: "failed", error: many }, words), /not taken by E1: no UPS.*E10/, "beyond the eighth a list names nobody");
  const stop = knowing("E10 is odd.", "procedures.itNotSeenInWait", { unit: "E10" });
  assert.match(standing({ order: "stopAll", state: "failed", error: stop, units }, words), /^E10 is odd\. Not seen in Wait: E1, E10$/);
  const came = [{ order: "shutDown", unitId: null, by: "bob", at: "2026-11-22T00:00:00Z" }];
  const late = knowing("bob's lamp is out.", "orders.changedSince", { change: "bob's lamp is out." });
  assert.match(failureSentence({ failure: "refused", body: { error: late, cause: "moment", came } }, words), /Since then: Shut Down · cluster \(bob/);
});

test("what is live now says cannot tell where it cannot, never none (Z6)", () => {
  const texts = liveNow(buildModel(null), words).map(({ text }) => text);
  assert.ok(texts.includes("Deals: cannot tell"));
  assert.ok(!texts.includes("Deals: none"));
  assert.ok(texts.includes("Grid voltage: -- V"));
});

test("every converter that holds the bus is named beside a question, two of them as an alarm", () => {
  const model = buildModel(frameOf({ E1: told(), E2: told() }, { bus: { state: "twoReferences", references: ["E1", "E2"] } }));
  const fact = liveNow(model, words).find(({ text }) => text.startsWith("Voltage reference"));
  assert.deepEqual([fact.text.replace(/[\u2066-\u2069]/g, ""), fact.level], ["Voltage reference: E1, E2", "alarm"]);
});

test("a question says what of the bus is known, and that nothing is where no unit is live", () => {
  const texts = (units, more) => liveNow(buildModel(frameOf(units, more)), words).map(({ text }) => text);
  const down = { apisWeb: { emulatorEmulator: { up: false } } };
  const old = texts({ E1: told({ lastWord: "0x0014", age: 5 }) }, { ...down, data: { updated: new Date(Date.parse(frameOf().time) - 5000).toISOString() } });
  assert.ok(old.includes("Grid voltage: not known; last 350.0 V, 5 s ago"), old.join("\n"));
  assert.ok(old.includes("Voltage reference: E1"));
  const silent = texts({ E1: told({ state: "silent", age: 90 }) }, { grid: { busVoltage: null } });
  assert.ok(silent.includes("Grid voltage: -- V"));
  assert.ok(silent.includes("Voltage reference: not known"));
  assert.ok(silent.includes("Converters not in Wait: not known"));
  assert.ok(texts({ E1: told() }).includes("Voltage reference: none among live units"));
});

test("a question on a page that is not alive says nothing of now, only what was seen last", () => {
  const frame = frameOf({ E1: told({ lastWord: "0x0014" }), E2: told() });
  const texts = liveNow(buildModel(frame, { lost: true }), words).map(({ text }) => text);
  assert.ok(texts.includes("Voltage reference: not known"), texts.join("\n"));
  assert.ok(texts.includes("Converters not in Wait: not known"));
  assert.ok(texts.includes("Nothing is heard of the grid now."));
  assert.ok(texts.some((text) => text.startsWith("Last seen not in Wait: E1")));
  assert.ok(!texts.some((text) => text.startsWith("Units:")));
});

test("details of a unit that is not live say first that they are old", () => {
  assert.equal(lastKnownSentence({ state: "live", age: 1 }, words), "");
  assert.equal(lastKnownSentence({ state: "silent", age: 130 }, words), "Last known, 2 min 10 s ago: this unit is silent.");
  assert.equal(lastKnownSentence({ state: "silent", age: null }, words), "Nothing is known of this unit: it is silent.");
});

test("an order is named without the scope where the place says it", () => {
  assert.equal(orderName({ order: "setOperationMode", unitId: "E1", wanted: { mode: "heteronomous" } }, words), "Local mode Soft Stop");
  assert.equal(orderName({ order: "setLock", unitId: null, wanted: {} }, words), "Lock");
  assert.equal(orderName({ order: "flushCache" }, words), "Flush cache");
});

test("a scope's line shows the schedule that comes next, named unless it is a soft stop; one given up comes last", () => {
  const [early, late] = ["2026-11-22T09:00:00+09:00", "2026-11-22T00:00:01Z"];
  assert.equal(nextSchedule({ softStop: late, forceStop: early }).what, "forceStop");
  assert.equal(nextSchedule({ softStop: late, forceStop: early }, ["forceStop"]).what, "softStop");
  assert.deepEqual(nextSchedule({ run: early }, ["run"]), { what: "run", due: early, failed: true });
  assert.equal(nextSchedule({ run: "odd", softStop: late }).what, "softStop");
  for (const nothing of [null, undefined, {}, { softStop: 5 }]) assert.equal(nextSchedule(nothing), null);
  const words = createWords("en", { now: () => new Date("2026-11-21T23:50:00Z"), zone: "Asia/Tokyo" });
  const at = "2026-11-22 09:00 JST";
  assert.equal(scheduleText({ what: "softStop", due: early, failed: false }, words), `${at} · in 10 min`);
  assert.equal(scheduleText({ what: "forceStop", due: early, failed: false }, words), `Force Stop · ${at} · in 10 min`);
  assert.equal(scheduleText({ what: "run", due: early, failed: true }, words), `Run · ${at} · failed`);
});

test("both languages have the same keys with the same values, and every text of the scene", () => {
  const values = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].filter((name) => name !== "n").sort();
  for (const [one, other] of [
    [en, ja],
    [besideEn, besideJa],
    [pastEn, pastJa],
  ]) {
    assert.deepEqual(Object.keys(other).sort(), Object.keys(one).sort());
    for (const key of Object.keys(one)) assert.deepEqual(values(other[key]), values(one[key]), key);
  }
  for (const key of [...Object.keys(besideEn), ...Object.keys(pastEn)]) assert.equal(Object.hasOwn(en, key), false, `${key} stands in both`);
  for (const name of Object.keys(SCENE_WORDS)) assert.ok(`scene.${name}` in en, name);
});

test("the language is the stored one, else the browser's first that there is, else English", () => {
  assert.equal(chooseLanguage("ja", ["en-GB"]), "ja");
  assert.equal(chooseLanguage(null, ["fr-FR", "ja-JP", "en"]), "ja");
  assert.equal(chooseLanguage("xx", ["fr"]), "en");
  assert.equal(chooseLanguage(null, undefined), "en");
});

test("a value from the wire stays text: it can name no other place in a sentence", () => {
  assert.equal(words.t("ask.local", { mode: "{id}", id: "<b>E1</b>" }), "{id} for <b>E1</b>?");
  assert.equal(words.t("no.such.key"), "no.such.key");
});

test("what was asked for before the language had come is said in it from then on", async () => {
  const late = createWords("ja", { holds: true });
  assert.equal(late.t("units.title"), en["units.title"]);
  await late.ready;
  assert.equal(late.t("units.title"), ja["units.title"]);
});
