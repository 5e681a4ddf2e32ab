// What the page makes of the controller's answers, and how the page's state and its orders travel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { baseOf, createApi } from "../../js/api.js";
import { buildModel, sortIds } from "../../js/lib/model.js";
import { createPoller, delayAfter, restAfter } from "../../js/poller.js";
import { createState } from "../../js/state.js";

const data = (word, ig, more = {}) => ({ dcdc: { status: { status: word }, meter: { ig, wg: ig * 350, vg: 350 } }, battery: { rsoc: 50 }, time: "2020/01/01-09:53:20", ...more });
const status = (units, more = {}) => ({ units, ...more });
const live = { state: "live", age: 1 };

test("units come by id as people count, silent members and their last data included", () => {
  const model = buildModel({ E10: data("0x0000", 0), E2: data("0x0000", 0) }, [], status({ E2: live, E10: live, E3: { state: "silent", age: 130, lastWord: "0x0014", unwatched: true } }), { remembered: { E3: data("0x0014", -2) } });
  assert.deepEqual(model.units.map(({ id, state }) => [id, state]), [["E2", "live"], ["E3", "silent"], ["E10", "live"]]);
  const silent = model.byId.get("E3");
  assert.deepEqual([silent.rsoc, silent.age, silent.crown, silent.unwatched, silent.running], [50, 130, true, true, false]);
  assert.deepEqual(model.counts, { live: 2, stale: 0, silent: 1 });
});

test("a silent unit never seen by this page keeps its crown by the word the controller remembers", () => {
  const model = buildModel({}, [], status({ E1: { state: "silent", age: null, lastWord: "0x0014" } }));
  assert.deepEqual([model.units[0].crown, model.units[0].rsoc, model.units[0].lastWord], [true, null, "reference"]);
});

test("hostile ids are only text", () => {
  const log = JSON.parse('{"__proto__": {"battery": {"rsoc": 7}}, "constructor": {}, "<img src=x onerror=alert(1)>": {}}');
  const model = buildModel(log, [{ dischargingUnit: "__proto__", chargingUnit: "toString" }], status({}), { remembered: {} });
  assert.deepEqual(model.units.map(({ id }) => id).sort(), ["<img src=x onerror=alert(1)>", "__proto__", "constructor"].sort());
  assert.equal(model.byId.get("__proto__").rsoc, 7);
  assert.equal(model.byId.get("__proto__").inDeal, true);
  assert.equal(model.byId.get("constructor").rsoc, null);
});

test("no answer at all still makes a model", () => {
  const model = buildModel(null, null, null);
  assert.deepEqual([model.units, model.deals, model.dealsKnown, model.dataTime, model.bus.state, model.totals.pv], [[], [], false, null, "unknown", null]);
});

test("deals mark their units, and no Grid Master makes them unknown instead of none", () => {
  const log = { A: data("0x0002", -2), B: data("0x0041", 2), C: data("0x0000", 0) };
  const deals = [{ dischargingUnit: "A", chargingUnit: "B" }];
  const model = buildModel(log, deals, status({ A: live, B: live, C: live }));
  assert.deepEqual(model.units.map(({ inDeal, running }) => [inDeal, running]), [[true, true], [true, true], [false, false]]);
  assert.equal(model.dealsKnown, true);
  assert.equal(buildModel(log, deals, status({}, { grid: { noGridMaster: true } })).dealsKnown, false);
});

test("deals of which no reading tells are neither running nor without current", () => {
  const log = { A: data("0x0002", -2), B: data("0x0041", 2), C: data("0x0000", 0), D: data("0x0000", 0) };
  const deals = [{ dischargingUnit: "A", chargingUnit: "B" }, { dischargingUnit: "C", chargingUnit: "D" }];
  const sharing = (of, more = {}) => buildModel({ ...log, ...more }, deals, status(of)).units.map((unit) => unit.sharing);
  const stale = { state: "stale", age: 60 };
  assert.deepEqual(sharing({ A: live, B: live, C: live, D: live }), ["running", "running", "agreed", "agreed"]);
  assert.deepEqual(sharing({ A: stale, B: stale, C: stale, D: stale }), ["unknown", "unknown", "unknown", "unknown"]);
  assert.deepEqual(sharing({ A: stale, B: live, C: live, D: stale }), ["running", "running", "agreed", "agreed"], "one end tells");
  const mute = { dcdc: { status: { status: "0x0041" }, meter: {} } };
  assert.deepEqual(sharing({ A: live, B: live, C: live, D: live }, { C: mute, D: mute }).slice(2), ["unknown", "unknown"], "live, but without figures");
});

test("the Grid Master is the one the controller names, not a dead one's last picture", () => {
  const log = { A: data("0x0000", 0, { apis: { is_grid_master: true } }), B: data("0x0000", 0) };
  const masters = (grid) => buildModel(log, [], status({ A: live, B: live }, { grid })).units.map(({ gridMaster }) => gridMaster);
  assert.deepEqual(masters({ gridMaster: "B" }), [false, true]);
  assert.deepEqual(masters({ gridMaster: null, noGridMaster: true }), [false, false], "a dead one's last data go on claiming it (K7)");
  assert.deepEqual(masters(undefined), [true, false]);
});

test("the data time is the newest clock of a live unit, and ages run on while nobody answers", () => {
  const log = { A: data("0x0000", 0, { time: "2020/01/01-09:00:00" }), B: data("0x0000", 0, { time: "2020/01/01-10:00:00" }) };
  const told = status({ A: live, B: { state: "stale", age: 60 } });
  assert.equal(buildModel(log, [], told).dataTime, "2020/01/01-09:00:00");
  const later = buildModel(log, [], told, { elapsed: 40 });
  assert.deepEqual(later.units.map(({ state, age }) => [state, age]), [["stale", 41], ["stale", 100]]);
});

test("ids sort by number within the text and stay in one order", () => {
  assert.deepEqual(sortIds(["E10", "E9", "E009", "a", "E100"]), ["E009", "E9", "E10", "E100", "a"]);
});

test("subscribers hear what changed, one fault does not silence the others, and last data stay", () => {
  const state = createState();
  const heard = [];
  const reported = [];
  globalThis.reportError = (fault) => reported.push(fault.message);
  state.subscribe(() => { throw new Error("mine"); });
  const off = state.subscribe((now, changed) => heard.push([...changed]));
  state.set({ logInfo: { A: 1 }, deals: [] });
  state.set({ logInfo: { B: 2 } });
  state.set({ logInfo: state.get().logInfo });
  off();
  state.set({ deals: null });
  delete globalThis.reportError;
  assert.deepEqual(heard, [["logInfo", "deals"], ["logInfo"]]);
  assert.deepEqual(reported, ["mine", "mine", "mine"]);
  assert.deepEqual(state.get().remembered, { A: 1, B: 2 });
});

/** A fetch that answers from a list and keeps what it was asked. */
function fakeFetch(answers) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push({ url, ...options });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const { status: code = 200, body, text, headers = {} } = answer;
    return { status: code, ok: code >= 200 && code < 300, headers: new Headers(headers), json: async () => (text === undefined ? body : JSON.parse(text)) };
  };
  return { asked, fetch };
}

test("a reading repeats with its ETag, and a 304 is the very same object", async () => {
  const { asked, fetch } = fakeFetch([{ body: { A: {} }, headers: { ETag: '"1"', "X-Data-Age": "1.5" } }, { status: 304, headers: { "X-Data-Age": "2.5" } }]);
  const api = createApi({ fetch });
  const first = await api.logInfo();
  const second = await api.logInfo();
  assert.deepEqual([first.ok, first.age, first.notModified], [true, 1.5, false]);
  assert.deepEqual([second.ok, second.status, second.age, second.notModified], [true, 304, 2.5, true]);
  assert.equal(second.body, first.body);
  assert.equal(asked[0].headers["If-None-Match"], undefined);
  assert.equal(asked[1].headers["If-None-Match"], '"1"');
  assert.equal(asked[0].url, "get/logInfo");
});

test("orders go by POST with their parameters in the body, an empty value kept and an absent one left out", async () => {
  const { asked, fetch } = fakeFetch([{ body: { succeeded: true } }, { body: {} }]);
  const api = createApi({ fetch });
  await api.orders({ key: "k1", serial: 0, start: undefined }).setOperationMode({ value: "", unitId: "E&1" });
  await api.judge("a/b", { mode: "0x0014", dvg: 350, dig: 2 });
  assert.deepEqual([asked[0].method, asked[0].url, asked[0].body.toString()], ["POST", "setOperationMode", "value=&unitId=E%261&key=k1&serial=0"]);
  assert.deepEqual([asked[1].url, asked[1].body.toString()], ["set/dcdc", "unitId=a%2Fb&mode=0x0014&dvg=350&dig=2&dryRun=true"]);
});

test("refusal, silence, time-out and garbage each have a name, and none throws", async () => {
  const aborted = Object.assign(new Error("x"), { name: "AbortError" });
  const { fetch } = fakeFetch([{ status: 409, body: { error: "no" } }, new TypeError("down"), aborted, { text: "<html>" }, { status: 504, body: { message: "upstream" } }]);
  const api = createApi({ fetch });
  assert.deepEqual(pick(await api.orders().stopAll()), [false, 409, "refused", { error: "no" }]);
  assert.deepEqual(pick(await api.status()), [false, 0, "unreachable", null]);
  assert.deepEqual(pick(await api.status()), [false, 0, "timedOut", null]);
  assert.deepEqual(pick(await api.status()), [false, 200, "garbled", null]);
  assert.deepEqual(pick(await api.orders().shutDown()), [false, 504, "garbled", null]); // what stands between has its own words
});

test("addresses stay below the page's own, and never bear the name and password of its address", () => {
  const base = (href) => baseOf({ href });
  assert.equal(base("http://tanaka:secret@grid:4382/"), "http://grid:4382/");
  assert.equal(base("https://tanaka@host/oist/20/journal.html?unit=E1#x"), "https://host/oist/20/");
  assert.equal(baseOf(undefined), "");
});

test("a stop ends all that is under way but other stops, goes at once, and readings wait until it was answered", async () => {
  const asked = [];
  const fetch = (url, { signal }) => new Promise((resolve, reject) => {
    asked.push({ url, answer: () => resolve({ status: 200, ok: true, headers: new Headers(), json: async () => ({}) }) });
    signal.addEventListener("abort", () => reject(Object.assign(new Error("aborted"), { name: "AbortError" })));
  });
  const late = createApi({ fetch, orderTimeout: 1 });
  const held = late.orders().stopAll();
  assert.equal((await late.orders().shutDown()).failure, "timedOut");
  asked[0].answer();
  assert.equal((await held).ok, true); // a stop that is held on its way is not called back
  asked.length = 0;
  const api = createApi({ fetch, page: "p1" });
  const [reading, order, stop] = [api.logInfo(), api.orders().setOperationMode({ value: "manual" }), api.orders().stopAll()];
  await new Promise(setImmediate);
  let free = null;
  api.giveWay(new Promise((resolve) => { free = resolve; }));
  assert.deepEqual([(await reading).failure, (await order).failure], ["gaveWay", "gaveWay"]);
  const second = api.orders().stopAll();
  const next = api.status();
  await new Promise(setImmediate);
  assert.deepEqual(asked.map(({ url }) => url), ["setOperationMode", "stopAll", "get/logInfo", "stopAll"]);
  asked[3].answer();
  asked[1].answer();
  assert.deepEqual([(await stop).ok, (await second).ok], [true, true]);
  free();
  await new Promise(setImmediate);
  assert.equal(asked[4].url, "get/status?page=p1");
  asked[4].answer();
  await next;
});

const pick = ({ ok, status: code, failure, body }) => [ok, code, failure, body];

/** Timers that run when told, a page that can be hidden. */
function fakeWorld() {
  const due = [];
  const listeners = new Set();
  const page = { visibilityState: "visible", addEventListener: (_, listener) => listeners.add(listener), removeEventListener: (_, listener) => listeners.delete(listener) };
  const timers = { setTimeout: (call, wait) => due.push({ call, wait }) && due[due.length - 1], clearTimeout: (timer) => due.splice(due.indexOf(timer), 1) };
  return { due, page, timers, clock: { now: () => 0 }, turn(to) { page.visibilityState = to; for (const listener of listeners) listener(); }, next: async () => due.shift().call() };
}

test("the poller asks again only after the answer, slower while it fails, at once when told", async () => {
  const world = fakeWorld();
  const answers = [{ ok: true }, { ok: false }, { ok: false }, { ok: true }];
  const got = [];
  const poller = createPoller({ call: async () => answers.shift(), onAnswer: (answer) => got.push(answer.ok), interval: 500, ...world });
  poller.start();
  assert.deepEqual(world.due.map(({ wait }) => wait), [0]);
  for (const wait of [500, 1000, 2000]) {
    const asking = world.next();
    assert.equal(world.due.length, 0);
    await asking;
    assert.deepEqual(world.due.map((timer) => timer.wait), [wait]);
  }
  poller.now();
  assert.deepEqual(world.due.map(({ wait }) => wait), [0]);
  await world.next();
  assert.deepEqual([got, world.due.map(({ wait }) => wait)], [[true, false, false, true], [500]]);
  poller.stop();
  assert.equal(world.due.length, 0);
});

test("the poller rests while the tab is hidden and asks at once when it is seen again", async () => {
  const world = fakeWorld();
  const poller = createPoller({ call: async () => ({ ok: true }), onAnswer() {}, interval: 500, ...world });
  poller.start();
  await world.next();
  world.turn("hidden");
  assert.equal(world.due.length, 0);
  world.turn("visible");
  assert.deepEqual(world.due.map(({ wait }) => wait), [0]);
});

test("a listener that throws does not end the polling", async () => {
  const world = fakeWorld();
  const poller = createPoller({ call: async () => ({ ok: true }), onAnswer() { throw new Error("mine"); }, interval: 500, ...world });
  poller.start();
  await assert.rejects(world.next(), /mine/);
  assert.equal(world.due.length, 1);
});

test("failures double the wait up to the slowest", () => {
  assert.deepEqual([0, 1, 4, 50].map((failures) => delayAfter(failures, 500, 8000)), [500, 1000, 8000, 8000]);
});

test("what an answer took is part of the interval, but never all of its rest", () => {
  assert.deepEqual([0, 120, 400, 9000].map((took) => restAfter(0, took, 500)), [500, 380, 250, 250]);
  assert.deepEqual([1, 2].map((failures) => restAfter(failures, 400, 500)), [1000, 2000]);
});

test("the poller keeps the beat of its interval, whatever an answer takes", async () => {
  const world = fakeWorld();
  let now = 0;
  const call = async () => {
    now += 150;
    return { ok: true };
  };
  const poller = createPoller({ call, onAnswer() {}, interval: 500, ...world, clock: { now: () => now } });
  poller.start();
  await world.next();
  assert.deepEqual(world.due.map(({ wait }) => wait), [350]);
});

test("a lost controller's word on the grid and apis-web holds no longer; its units, orders and locks stand as last told", () => {
  const status = { grid: { mode: "manual", busVoltage: 349, gridMaster: "E1" }, apisWeb: { emulatorEmulator: { up: true } }, orders: [{ id: "c1" }], locks: { E1: {} }, units: { E1: { state: "live", age: 1 } } };
  const model = buildModel({ E1: {} }, [], status, { lost: true, elapsed: 4 });
  assert.deepEqual([model.status.grid, model.status.apisWeb, model.dealsKnown, model.bus.voltage], [{}, {}, false, null]);
  assert.deepEqual([model.status.orders, model.status.locks, model.units[0].age], [[{ id: "c1" }], { E1: {} }, 5]);
  assert.equal(buildModel({ E1: {} }, [], status).status, status);
  assert.equal(buildModel(null, null, null, { lost: true }).status, null);
});
