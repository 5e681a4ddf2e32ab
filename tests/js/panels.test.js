// What the panels decide, apart from the page: the converter form, filters, schedule times, sentences, words.

import assert from "node:assert/strict";
import test from "node:test";

import { choiceOf, converterOrder, limitsOf, setCurrentOf } from "../../js/lib/converter.js";
import { countFilters, selectUnits } from "../../js/lib/filters.js";
import { isDrained, nextStep } from "../../js/lib/follow.js";
import { buildModel } from "../../js/lib/model.js";
import { fieldValue, moment, prefill, scheduleValue, secondsUntil, unitTime, wireTime, zoneName } from "../../js/lib/moments.js";
import { nextPlan } from "../../js/lib/plans.js";
import { failureSentence, liveNow, modeName, namesOf, orderName, orderTitle, planText, standing, stateSentence, unwatchedSentence } from "../../js/lib/sentences.js";
import { createOrders } from "../../js/orders.js";
import { createState } from "../../js/state.js";
import { chooseLanguage, createWords } from "../../js/words.js";
import { SCENE_WORDS } from "../../js/scene/words.js";
import en from "../../js/i18n/en.js";
import ja from "../../js/i18n/ja.js";

const LIMITS = { min: 300, max: 380, current: 2.3 };
const words = createWords("en");

function unit(id, { global = "autonomous", local = null, effective = global, word = "0x0000", wg = 0, ig = 0, vg = 350, rsoc = 50, ip = "192.168.0.1", display = id } = {}) {
  return {
    time: "2020/01/01-00:00:00", battery: { rsoc }, oesunit: { id, ip, display },
    dcdc: { status: { status: word }, meter: { wg, ig, vg }, vdis: { dvg: 350 }, param: { dig: Math.abs(ig) } },
    apis: { operation_mode: { global, local, effective } },
  };
}

function modelOf(units, deals = [], grid = {}) {
  const live = Object.fromEntries(Object.keys(units).map((id) => [id, { state: "live", age: 1, lastWord: "0x0000", unwatched: false, acknowledged: null }]));
  return buildModel(units, deals, { grid, units: live, data: { age: 1 } }, {});
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
  const model = modelOf({ E1: unit("E1", { rsoc: 10 }), E2: unit("E2", { rsoc: 90, effective: "stop", display: "mill" }), E10: unit("E10", { rsoc: 90, wg: -700, ig: -2, word: "0x0002" }) }, [{ dischargingUnit: "E10", chargingUnit: "E1" }]);
  const ids = (choice) => selectUnits(model.units, choice).map(({ id }) => id);
  assert.deepEqual(ids({}), ["E1", "E2", "E10"]);
  assert.deepEqual(ids({ filter: "deal" }), ["E1", "E10"]);
  assert.deepEqual(ids({ mode: "stop" }), ["E2"]);
  assert.deepEqual(ids({ find: "MILL" }), ["E2"]);
  assert.deepEqual(ids({ sort: "charge" }), ["E2", "E10", "E1"]);
  assert.deepEqual(ids({ sort: "power" }), ["E10", "E1", "E2"]);
  assert.deepEqual(countFilters(model.units), { all: 3, live: 3, stale: 0, silent: 0, alarm: 0, deal: 2 });
});

test("Soft Stop first: the second step goes only when the Soft Stop shows, no deal is left and every converter is in Wait", () => {
  const deal = [{ dischargingUnit: "E1", chargingUnit: "E2" }];
  const plan = { mode: "stop", since: 0, seen: false };
  const soft = { E1: unit("E1", { global: "heteronomous" }), E2: unit("E2", { global: "heteronomous" }) };
  assert.equal(nextStep(plan, modelOf(soft, [], { mode: "autonomous", pending: "heteronomous" }), 5).step, "wait");
  assert.equal(nextStep(plan, modelOf(soft, deal, { mode: "heteronomous" }), 5).step, "wait");
  assert.equal(nextStep(plan, modelOf({ ...soft, E1: unit("E1", { word: "0x0014" }) }, [], { mode: "heteronomous" }), 5).step, "wait");
  assert.equal(nextStep(plan, modelOf(soft, [], { mode: "heteronomous" }), 5).step, "go");
  assert.equal(nextStep(plan, modelOf(soft, [], { mode: "heteronomous", noGridMaster: true }), 5).step, "wait");
  assert.equal(nextStep({ ...plan, seen: true }, modelOf(soft, [], { mode: "manual" }), 5).step, "drop");
  assert.equal(nextStep(plan, modelOf(soft, [], { mode: "autonomous" }), 61).step, "late");
  assert.equal(isDrained(modelOf(soft, null, {})), false);
});

test("a schedule's time is prefilled ten minutes ahead, rounded up, and only a future time that exists is taken (Z13)", () => {
  const now = new Date(2026, 10, 21, 9, 53, 20);
  assert.equal(fieldValue(prefill(now)), "2026-11-21T10:04");
  assert.equal(fieldValue(prefill(new Date(2026, 10, 21, 9, 53, 0))), "2026-11-21T10:03");
  assert.match(scheduleValue("2026-11-21T10:04", now).iso, /^2026-11-21T10:04:00\.000[+-]\d\d:\d\d$/);
  assert.equal(new Date(scheduleValue("2026-11-21T10:04", now).iso).getTime(), new Date(2026, 10, 21, 10, 4).getTime());
  assert.equal(scheduleValue("2026-11-21T09:53", now).problem, "past");
  assert.equal(scheduleValue("", now).problem, "empty");
  assert.equal(scheduleValue("nonsense", now).problem, "empty");
  assert.equal(scheduleValue("2026-11-31T10:04", now).problem, "gap");
});

test("times carry their zone; a unit's clock is shown as it came", () => {
  assert.equal(moment("2026-11-22T02:30:00+00:00", { zone: "Asia/Tokyo", language: "ja" }), "2026-11-22 11:30 JST");
  assert.equal(moment("2026-11-22T02:30:05+00:00", { zone: "UTC", seconds: true }), "2026-11-22 02:30:05 UTC");
  assert.match(zoneName(new Date(), "Asia/Tokyo"), /^(JST|GMT\+9)$/);
  for (const nothing of [null, undefined, "", "no time"]) assert.equal(moment(nothing), "--");
  assert.equal(wireTime("2020/01/01-09:53:20"), "2020/01/01 09:53:20");
  assert.equal(wireTime(null), "--");
  assert.deepEqual(unitTime("2020/01/01-09:53:20", null), { text: "2020/01/01 09:53:20", converted: false });
  const tokyo = unitTime("2020/01/01-09:53:20", "Asia/Tokyo");
  assert.deepEqual([tokyo.text, tokyo.converted], [moment("2020-01-01T00:53:20Z", { seconds: true }), true]);
  assert.equal(unitTime(null, "Asia/Tokyo").text, "--");
  assert.equal(secondsUntil("2026-11-22T00:00:10Z", new Date("2026-11-22T00:00:00Z")), 10);
});

test("unwatched hardware is named with for how long and in which word it was last seen (Z6a)", () => {
  const base = { id: "E001", age: 130, lastDvg: 350, lastDig: 2, word: "wait" };
  assert.equal(unwatchedSentence({ ...base, state: "silent", lastWord: "reference" }, words), "E001 has been silent for 2 min 10 s; last seen as voltage reference at 350 V.");
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
  assert.equal(namesOf(["a", "b", "c"], words, 2), "a, b and 1 more");
  assert.equal(modeName("odd", words), "odd");
  assert.equal(modeName(null, words), "--");
});

test("an order without an answer is told as unknown, a refusal in the controller's own sentence (Z8a)", () => {
  assert.match(failureSentence({ failure: "unreachable" }, words), /unknown/);
  assert.match(failureSentence({ failure: "timedOut" }, words), /unknown/);
  assert.equal(failureSentence({ failure: "refused", body: { error: "E1 is locked.", sent: false } }, words), "E1 is locked.");
  assert.match(failureSentence({ failure: "refused", body: { error: "No answer.", sent: "unknown" } }, words), /^No answer\. \(it may have been carried out\)$/);
});

test("what is live now says cannot tell where it cannot, never none (Z6)", () => {
  const texts = liveNow(buildModel(null, null, null), words).map(({ text }) => text);
  assert.ok(texts.includes("Deals: cannot tell"));
  assert.ok(!texts.includes("Deals: none"));
  assert.ok(texts.includes("Grid voltage: -- V"));
});

test("an order lives from sending through the open orders to its end, and is asked for once there", async () => {
  const state = createState();
  const asked = [];
  const api = { command: async (id) => { asked.push(id); return { ok: true, status: 200, body: { id, order: "setOperationMode", state: "verified", units: {} } }; } };
  const orders = createOrders({ api, state, words });
  await orders.give({ spot: "global", order: "setOperationMode", wanted: { mode: "stop" }, call: async () => ({ ok: true, body: { succeeded: true, command: "c7" } }) });
  assert.equal(orders.at("global").kind, "wait");
  orders.follow({ orders: [{ id: "c7", order: "setOperationMode", state: "accepted", progress: { shown: 1, of: 2 } }] });
  assert.equal(orders.at("global").text, "accepted; seen at 1 of 2 units");
  orders.follow({ orders: [] });
  orders.follow({ orders: [] });
  await new Promise(setImmediate);
  assert.deepEqual(asked, ["c7"]);
  assert.equal(orders.at("global").kind, "done");
  assert.equal(state.get().orders.length, 1);
});

test("a refused order shows the refusal on its spot, a newer order takes its place", async () => {
  const state = createState();
  const orders = createOrders({ api: {}, state, words });
  await orders.give({ spot: "card:E1", order: "setDcdc", unitId: "E1", call: async () => ({ ok: false, failure: "refused", body: { error: "No.", sent: false } }) });
  assert.deepEqual([orders.at("card:E1").kind, orders.at("card:E1").text], ["bad", "No."]);
  orders.say("card:E1", "Wrong number.");
  assert.equal(orders.at("card:E1").text, "Wrong number.");
  await orders.give({ spot: "card:E1", order: "setDcdc", unitId: "E1", call: async () => ({ ok: true, body: {} }) });
  assert.equal(orders.at("card:E1").text, "done");
  assert.equal(orders.at("card:E2"), null);
});

test("every order under way stands at its spot until it has ended, whatever was given, said or cleared meanwhile", async () => {
  const state = createState();
  const ends = { c1: "timedOut", c2: "verified" };
  const api = { command: async (id) => ({ ok: true, status: 200, body: { id, order: "setDcdc", state: ends[id], units: {} } }) };
  const orders = createOrders({ api, state, words, now: () => new Date(0) });
  const give = (body, spot = "card:E1:converter") => orders.give({ spot, order: "setDcdc", unitId: "E1", call: async () => ({ ok: true, body }) });
  const shown = () => orders.lines(["card:E1:converter", "card:E1:mode"]).map(({ kind, text }) => `${kind} ${text}`);
  await give({ command: "c1" });
  orders.clear("card:E1:converter");
  assert.deepEqual(shown(), ["wait accepted; not yet seen in the readings"]);
  await give({ command: "c2" });
  await give({}, "card:E1:mode");
  orders.say("card:E1:converter", "Wrong number.");
  assert.deepEqual(shown(), ["bad Wrong number.", "done done", "wait accepted; not yet seen in the readings", "wait accepted; not yet seen in the readings"]);
  orders.follow({ orders: [] });
  await new Promise(setImmediate);
  assert.deepEqual(shown(), ["bad Wrong number.", "done done", "done done, seen in effect", "bad not seen in effect in time"]);
  orders.clear("card:E1:converter");
  assert.deepEqual(shown(), ["done done"]);
  await give({});
  assert.deepEqual(shown(), ["done done", "done done"]);
  assert.deepEqual(orders.lines(["card:E2:mode"]), []);
});

test("an order is named without the scope where the place says it", () => {
  assert.equal(orderName({ order: "setOperationMode", unitId: "E1", wanted: { mode: "heteronomous" } }, words), "Local mode Soft Stop");
  assert.equal(orderName({ order: "setLock", unitId: null, wanted: {} }, words), "Lock");
  assert.equal(orderName({ order: "flushCache" }, words), "Flush cache");
});

test("a scope's line shows the plan that comes next, named unless it is a soft stop; one given up comes last", () => {
  const [early, late] = ["2026-11-22T09:00:00+09:00", "2026-11-22T00:00:01Z"];
  assert.equal(nextPlan({ softStop: late, forceStop: early }).what, "forceStop");
  assert.equal(nextPlan({ softStop: late, forceStop: early }, ["forceStop"]).what, "softStop");
  assert.deepEqual(nextPlan({ run: early }, ["run"]), { what: "run", due: early, failed: true });
  assert.equal(nextPlan({ run: "odd", softStop: late }).what, "softStop");
  for (const nothing of [null, undefined, {}, { softStop: 5 }]) assert.equal(nextPlan(nothing), null);
  const now = new Date("2026-11-21T23:50:00Z");
  const at = moment(early);
  assert.equal(planText({ what: "softStop", due: early, failed: false }, words, now), `${at} · in 10 min`);
  assert.equal(planText({ what: "forceStop", due: early, failed: false }, words, now), `Force Stop · ${at} · in 10 min`);
  assert.equal(planText({ what: "run", due: early, failed: true }, words, now), `Run · ${at} · failed`);
});

test("both catalogues have the same keys with the same values, and every text of the scene", () => {
  assert.deepEqual(Object.keys(ja).sort(), Object.keys(en).sort());
  const values = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].filter((name) => name !== "n").sort();
  for (const key of Object.keys(en)) assert.deepEqual(values(ja[key]), values(en[key]), key);
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
