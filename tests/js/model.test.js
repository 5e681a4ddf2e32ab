// What the page makes of the controller's answers, and how the page's state and its orders travel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { baseOf, createApi } from "../../js/api.js";
import { buildModel, sortIds, statusOf } from "../../js/lib/model.js";
import { createPoller, delayAfter, restAfter, restForNews } from "../../js/poller.js";
import { createState } from "../../js/state.js";
import { ago, deal, frameOf, told } from "./frames.js";

test("units come by id as people count, silent members with the last figures that the controller keeps of them", () => {
  const model = buildModel(
    frameOf({ E10: told(), E2: told(), E3: told({ state: "silent", age: 130, lastWord: "0x0014", unwatched: true, carries: true, ig: -2 }) }),
  );
  assert.deepEqual(
    model.units.map(({ id, state }) => [id, state]),
    [
      ["E2", "live"],
      ["E3", "silent"],
      ["E10", "live"],
    ],
  );
  const silent = model.byId.get("E3");
  assert.deepEqual(
    [silent.rsoc, silent.ig, silent.age, silent.word, silent.crown, silent.unwatched, silent.running],
    [50, -2, 130, "reference", true, true, false],
  );
  assert.deepEqual(model.counts, { live: 2, stale: 0, silent: 1 });
});

test("a member never seen has no word of its own, but keeps its crown by the word that a file remembers", () => {
  const [unit] = buildModel(frameOf({ E1: told({ state: "silent", age: null, lastWord: "0x0014", rsoc: null }) })).units;
  assert.deepEqual([unit.word, unit.crown, unit.rsoc, unit.lastWord, unit.age], [null, true, null, "reference", null]);
});

test("figures that are not told are null, never 0, and what the converter takes for itself is the difference of both sides", () => {
  const [, odd] = buildModel(frameOf({ E1: told(), E2: { state: "live" } })).units;
  assert.deepEqual(
    [odd.pv, odd.demand, odd.operating, odd.wg, odd.rsoc, odd.word, odd.permission, odd.running],
    [null, null, null, null, null, null, null, false],
  );
  const [unit] = buildModel(frameOf({ E1: told({ wb: -755, wg: -700, battery: 12, demand: 5, utility: 2058.9, permission: 3, upsMode: 0 }) })).units;
  assert.deepEqual([unit.operating, unit.battery, unit.demand, unit.utility, unit.permission, unit.upsMode], [-55, 12, 5, 2058.9, 3, 0]);
});

test("hostile ids are only text", () => {
  const units = JSON.parse('{"__proto__": {}, "constructor": {}, "<img src=x onerror=alert(1)>": {}}');
  for (const id of Object.keys(units)) Object.assign(units[id], told({ rsoc: 7 }));
  const model = buildModel(frameOf(units, { deals: [deal("__proto__", "toString")] }));
  assert.deepEqual(model.units.map(({ id }) => id).sort(), ["<img src=x onerror=alert(1)>", "__proto__", "constructor"].sort());
  assert.equal(model.byId.get("__proto__").rsoc, 7);
  assert.equal(model.byId.get("__proto__").inDeal, true);
  assert.equal(model.byId.get("constructor").inDeal, false);
});

test("no answer at all still makes a model", () => {
  const model = buildModel(null);
  assert.deepEqual(
    [model.units, model.deals, model.spurs, model.dealsKnown, model.dataTime, model.bus.state, model.bus.references, model.totals.pv, model.status],
    [[], [], [], false, null, "unknown", [], null, null],
  );
});

test("deals are those of the frame with keys of their own, and mark their units", () => {
  const units = { A: told({ ig: -2 }), B: told({ ig: 2 }), C: told() };
  const model = buildModel(
    frameOf(units, { deals: [deal("A", "B", { running: true, current: 2, power: 700, master: true, since: "s" }), deal("A", "B", { since: "s" })] }),
  );
  assert.deepEqual(
    model.units.map(({ inDeal, running, sharing }) => [inDeal, running, sharing]),
    [
      [true, true, "running"],
      [true, true, "running"],
      [false, false, null],
    ],
  );
  const [{ key, ...first }, { key: second }] = model.deals;
  assert.deepEqual(first, {
    from: "A",
    to: "B",
    master: true,
    request: null,
    requester: null,
    responder: null,
    since: "s",
    running: true,
    known: true,
    current: 2,
    power: 700,
  });
  assert.notEqual(key, second);
  assert.equal(model.dealsKnown, true);
});

test("deals that cannot be told are those last known, of which nothing tells any more", () => {
  const units = { A: told({ ig: -2 }), B: told({ ig: 2 }), C: told({ carries: false }) };
  const before = buildModel(frameOf(units, { deals: [deal("A", "C", { running: true, current: 2 })] }));
  const model = buildModel(frameOf(units, { deals: null }), { previous: before });
  assert.deepEqual(
    model.deals.map(({ from, to, running, known, current }) => [from, to, running, known, current]),
    [["A", "C", false, false, null]],
  );
  assert.deepEqual([model.dealsKnown, model.byId.get("A").sharing, model.byId.get("C").sharing], [false, "running", "unknown"]);
  assert.deepEqual(buildModel(frameOf(units, { deals: null })).deals, []);
});

test("a unit's deals are running, agreed without current, or of unknown current", () => {
  const sharing = (...running) =>
    buildModel(frameOf({ A: told(), B: told() }, { deals: running.map((one) => deal("A", "B", { running: one })) })).byId.get("B").sharing;
  assert.deepEqual([sharing(), sharing(false), sharing(null), sharing(false, null), sharing(null, true)], [null, "agreed", "unknown", "unknown", "running"]);
});

test("current without a deal is shown of live units that are in none", () => {
  const spurs = ["A", "B", "C"].map((unitId) => ({ unitId, inward: true, current: 2, power: 700 }));
  const units = { A: told({ ig: -2 }), B: told({ state: "stale", age: 60 }), C: told({ ig: -2 }) };
  assert.deepEqual(
    buildModel(frameOf(units, { spurs, deals: [deal("C", "A")].slice(1) })).spurs.map(({ id }) => id),
    ["A", "C"],
  );
  assert.deepEqual(buildModel(frameOf(units, { spurs, deals: [deal("C", "C")] })).spurs, [{ id: "A", inward: true, current: 2, power: 700 }]);
});

test("the Grid Master is the one that the controller names, and nobody where it names none", () => {
  const masters = (grid) => buildModel(frameOf({ A: told(), B: told() }, { grid })).units.map(({ gridMaster }) => gridMaster);
  assert.deepEqual(masters({ gridMaster: "B" }), [false, true]);
  assert.deepEqual(masters({ gridMaster: null, noGridMaster: true }), [false, false]);
});

test("the bus and the totals are the controller's", () => {
  const bus = { state: "twoReferences", target: null, current: 4, power: 1400, skew: 8, references: ["A", "B"], losses: 12 };
  const model = buildModel(frameOf({ A: told(), B: told() }, { bus, grid: { busVoltage: 349.5, voltageReference: null } }));
  assert.deepEqual(model.bus, {
    state: "twoReferences",
    target: null,
    current: 4,
    power: 1400,
    skew: 8,
    references: ["A", "B"],
    voltage: 349.5,
    reference: null,
    last: null,
  });
  assert.deepEqual(model.totals, { pv: 900, utility: null, load: 300, rsoc: 50, remaining: 2400 });
  assert.equal(model.dataTime, "2020/01/01-09:53:20");
});

test("ages are counted by the controller's clock until it answered, and by our own since; what was live becomes stale", () => {
  const units = { A: told({ age: 1 }), B: told({ state: "stale", age: 60 }), C: told({ age: -2 }) };
  assert.deepEqual(
    buildModel(frameOf(units)).units.map(({ state, age }) => [state, age]),
    [
      ["live", 1],
      ["stale", 60],
      ["live", 0],
    ],
  );
  const later = buildModel(frameOf(units), { elapsed: 29.5 });
  assert.deepEqual(
    later.units.map(({ state, age }) => [state, age]),
    [
      ["stale", 30.5],
      ["stale", 89.5],
      ["live", 29.5],
    ],
  );
});

test("the status has the frame's sections as the panels read them", () => {
  const frame = frameOf({ A: told() }, { mine: true, then: { state: "waiting", mode: "stop" }, schedules: { failed: [], set: { "": { softStop: "s" } } } });
  const status = statusOf(frame);
  assert.deepEqual([status.serial, status.start, status.time, status.data.age, status.config.staleafter], [7, "a1", frame.time, 1, 30]);
  assert.deepEqual(
    [status.then, status.schedules.set, status.units.A.lastWord],
    [{ state: "waiting", mode: "stop", mine: true }, { "": { softStop: "s" } }, "0x0000"],
  );
  assert.equal(statusOf(frameOf({}, { data: { updated: null } })).data.age, null);
  assert.deepEqual([statusOf(frameOf()).then, statusOf(null)], [null, null]);
});

test("ids sort by number within the text and stay in one order", () => {
  assert.deepEqual(sortIds(["E10", "E9", "E009", "a", "E100"]), ["E009", "E9", "E10", "E100", "a"]);
});

test("subscribers hear what changed, and one fault does not silence the others", () => {
  const state = createState();
  const heard = [];
  const reported = [];
  globalThis.reportError = (fault) => reported.push(fault.message);
  state.subscribe(() => {
    throw new Error("mine");
  });
  const off = state.subscribe((_, changed) => heard.push([...changed]));
  state.set({ frame: { serial: 1 }, orders: [] });
  state.set({ frame: { serial: 2 } });
  state.set({ frame: state.get().frame });
  off();
  state.set({ alive: false });
  delete globalThis.reportError;
  assert.deepEqual(heard, [["frame", "orders"], ["frame"]]);
  assert.deepEqual(reported, ["mine", "mine", "mine"]);
});

test("the state has no other keys than its own", () => {
  const state = createState({ status: { serial: 1 } });
  assert.throws(() => state.set({ remembered: {} }), /no remembered/);
  assert.throws(() => createState({ deals: [] }), /no deals/);
  assert.deepEqual([state.get().status, state.get().frame, state.get().said], [{ serial: 1 }, null, {}]);
});

const MARKED = { "APIS-Answered-By": "main-controller" };

/** A fetch that answers from a list and keeps what it was asked. */
function fakeFetch(answers) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push({ url, ...options });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const { status: code = 200, body, text, headers = MARKED } = answer;
    return { status: code, ok: code >= 200 && code < 300, headers: new Headers(headers), json: async () => (text === undefined ? body : JSON.parse(text)) };
  };
  return { asked, fetch };
}

test("a frame is asked for by the serial and start that the page holds, and by its name", async () => {
  const { asked, fetch } = fakeFetch([{ body: { serial: 1 } }, { body: { serial: 1, messages: [] } }]);
  const api = createApi({ fetch, page: "p1" });
  assert.deepEqual((await api.frame({})).body, { serial: 1 });
  assert.deepEqual((await api.frame({ since: 0, start: "a&1" })).body, { serial: 1 });
  assert.deepEqual(
    asked.map(({ url }) => url),
    ["get/frame?page=p1", "get/frame?since=0&start=a%261&page=p1"],
  );
  assert.deepEqual(
    asked.map(({ cache }) => cache),
    ["no-store", "no-store"],
  );
});

test("orders go by POST with their parameters in the body, an empty value kept and an absent one left out", async () => {
  const { asked, fetch } = fakeFetch([{ body: { succeeded: true } }, { body: {} }]);
  const api = createApi({ fetch });
  await api.orders({ key: "k1", serial: 0, start: undefined }).setOperationMode({ value: "", unitId: "E&1" });
  await api.judge("a/b", { mode: "0x0014", dvg: 350, dig: 2 });
  assert.deepEqual([asked[0].method, asked[0].url, asked[0].body.toString()], ["POST", "setOperationMode", "value=&unitId=E%261&key=k1&serial=0"]);
  assert.deepEqual([asked[1].url, asked[1].body.toString()], ["set/dcdc", "unitId=a%2Fb&mode=0x0014&dvg=350&dig=2&dryRun=true"]);
});

test("while nothing else may leave, as when the page shows the past, stops and readings do, and everything else says why", async () => {
  const asked = [];
  const fetch = async (url, { method = "GET" }) => (
    asked.push(`${method} ${url}`), { status: 202, ok: true, headers: new Headers(MARKED), json: async () => ({}) }
  );
  const { orders, giveWay, charts, ...others } = createApi({ fetch, held: () => "not now" });
  const answers = {};
  for (const [name, call] of Object.entries({ ...others, ...orders() })) answers[name] = await call("E001", {});
  const refused = Object.keys(answers).filter((name) => answers[name].failure === "refused");
  for (const name of refused) assert.deepEqual(pick(answers[name]), [false, 0, "refused", { error: "not now", sent: false }], name);
  for (const name of ["setOperationMode", "setDcdc", "confirm", "withdraw", "clearThen", "estopReset", "shutDown", "share", "endShare"])
    assert.ok(refused.includes(name), name);
  assert.deepEqual(asked.filter((one) => one.startsWith("POST")).sort(), ["POST estop", "POST flushCache", "POST set/dcdc/E001", "POST stopAll"]);
});

test("refusal, silence, time-out and garbage each have a name, and none throws", async () => {
  const aborted = Object.assign(new Error("x"), { name: "AbortError" });
  const { fetch } = fakeFetch([
    { status: 409, body: { error: "no" } },
    new TypeError("down"),
    aborted,
    { text: "<html>" },
    { status: 504, body: { message: "upstream" } },
  ]);
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
  const fetch = (url, { signal }) =>
    new Promise((resolve, reject) => {
      asked.push({ url, answer: () => resolve({ status: 200, ok: true, headers: new Headers(MARKED), json: async () => ({}) }) });
      signal.addEventListener("abort", () => reject(Object.assign(new Error("aborted"), { name: "AbortError" })));
    });
  const late = createApi({ fetch, orderTimeout: 1 });
  const held = late.orders().stopAll();
  assert.equal((await late.orders().shutDown()).failure, "timedOut");
  asked[0].answer();
  assert.equal((await held).ok, true); // a stop that is held on its way is not called back
  asked.length = 0;
  const api = createApi({ fetch, page: "p1" });
  const [reading, order, stop] = [api.frame(), api.orders().setOperationMode({ value: "manual" }), api.orders().stopAll()];
  await new Promise(setImmediate);
  let free = null;
  api.giveWay(
    new Promise((resolve) => {
      free = resolve;
    }),
  );
  assert.deepEqual([(await reading).failure, (await order).failure], ["gaveWay", "gaveWay"]);
  const second = api.orders().stopAll();
  const next = api.status();
  await new Promise(setImmediate);
  assert.deepEqual(
    asked.map(({ url }) => url),
    ["setOperationMode", "stopAll", "get/frame?page=p1", "stopAll"],
  );
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
  const page = {
    visibilityState: "visible",
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  };
  const timers = { setTimeout: (call, wait) => due.push({ call, wait }) && due[due.length - 1], clearTimeout: (timer) => due.splice(due.indexOf(timer), 1) };
  return {
    due,
    page,
    timers,
    clock: { now: () => 0 },
    turn(to) {
      page.visibilityState = to;
      for (const listener of listeners) listener();
    },
    next: async () => due.shift().call(),
  };
}

test("the poller asks again only after the answer, slower while it fails, at once when told", async () => {
  const world = fakeWorld();
  const answers = [{ ok: true }, { ok: false }, { ok: false }, { ok: true }];
  const got = [];
  const poller = createPoller({ call: async () => answers.shift(), onAnswer: (answer) => got.push(answer.ok), interval: 500, ...world });
  poller.start();
  assert.deepEqual(
    world.due.map(({ wait }) => wait),
    [0],
  );
  for (const wait of [500, 1000, 2000]) {
    const asking = world.next();
    assert.equal(world.due.length, 0);
    await asking;
    assert.deepEqual(
      world.due.map((timer) => timer.wait),
      [wait],
    );
  }
  poller.now();
  assert.deepEqual(
    world.due.map(({ wait }) => wait),
    [0],
  );
  await world.next();
  assert.deepEqual([got, world.due.map(({ wait }) => wait)], [[true, false, false, true], [500]]);
  poller.stop();
  assert.equal(world.due.length, 0);
});

test("the poller asks just after news is expected, and no sooner or later than it would for news that is far or never came", () => {
  assert.equal(restForNews(480, null), 480);
  assert.equal(restForNews(480, 900), 480, "one question lies between");
  assert.equal(restForNews(480, 430), 470);
  assert.equal(restForNews(480, 600), 640);
  assert.equal(restForNews(480, 20), 100);
  assert.equal(restForNews(480, -100), 100, "it is due and may come at any moment");
  assert.equal(restForNews(480, -300), 480, "it did not come");
});

test("the poller asks seldom while the tab is hidden, and at once when it is seen again", async () => {
  const world = fakeWorld();
  const poller = createPoller({ call: async () => ({ ok: true }), onAnswer() {}, interval: 500, ...world });
  poller.start();
  await world.next();
  world.turn("hidden");
  assert.deepEqual(
    world.due.map(({ wait }) => wait),
    [10_000],
  );
  await world.next();
  assert.equal(world.due[0].wait, 10_000);
  world.turn("visible");
  assert.deepEqual(
    world.due.map(({ wait }) => wait),
    [0],
  );
});

test("a listener that throws does not end the polling", async () => {
  const world = fakeWorld();
  const poller = createPoller({
    call: async () => ({ ok: true }),
    onAnswer() {
      throw new Error("mine");
    },
    interval: 500,
    ...world,
  });
  poller.start();
  await assert.rejects(world.next(), /mine/);
  assert.equal(world.due.length, 1);
});

test("failures double the wait up to the slowest", () => {
  assert.deepEqual(
    [0, 1, 4, 50].map((failures) => delayAfter(failures, 500, 8000)),
    [500, 1000, 8000, 8000],
  );
});

test("what an answer took is part of the interval, but never all of its rest", () => {
  assert.deepEqual(
    [0, 120, 400, 9000].map((took) => restAfter(0, took, 500)),
    [500, 380, 250, 250],
  );
  assert.deepEqual(
    [1, 2].map((failures) => restAfter(failures, 400, 500)),
    [1000, 2000],
  );
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
  assert.deepEqual(
    world.due.map(({ wait }) => wait),
    [350],
  );
});

test("while apis-web does not answer the bus is what was told last, with its age, and no figure of now", () => {
  const down = { apisWeb: { emulatorEmulator: { up: false } }, bus: { state: "steady", references: ["A"], current: 4 } };
  const { bus } = buildModel(frameOf({ A: told({ age: 9 }) }, { ...down, data: { updated: ago(9) } }), { elapsed: 2 });
  assert.deepEqual([bus.voltage, bus.current, bus.state, bus.references, bus.last], [null, null, "unknown", [], { voltage: 350, age: 11 }]);
  const untold = buildModel(frameOf({ A: told({ age: 40 }) }, { ...down, grid: { busVoltage: null } }));
  assert.equal(untold.bus.last, null);
});

test("a lost controller's word on the grid and apis-web holds no longer; its units, orders and locks stand as last told", () => {
  const frame = frameOf(
    { E1: told({ ig: 2 }) },
    {
      grid: { mode: "manual", gridMaster: "E1" },
      apisWeb: { emulatorEmulator: { up: true } },
      orders: [{ id: "c1" }],
      locks: { E1: {} },
      deals: [deal("E2", "E1", { running: true, current: 2 })],
      spurs: [{ unitId: "E1", inward: false, current: 2, power: 700 }],
    },
  );
  const model = buildModel(frame, { lost: true, elapsed: 4 });
  assert.deepEqual([model.status.grid, model.status.apisWeb, model.dealsKnown, model.units[0].gridMaster], [{}, {}, false, false]);
  assert.deepEqual([model.status.orders, model.status.locks, model.units[0].age], [[{ id: "c1" }], { E1: {} }, 5]);
  assert.deepEqual([model.totals.pv, model.deals[0].running], [900, true], "what was told of live units holds as long as they are");
  assert.deepEqual([model.bus.voltage, model.bus.state, model.bus.last], [null, "unknown", { voltage: 350, age: 5 }], "the bus' voltage is not of now");
  const later = buildModel(frame, { lost: true, elapsed: 30 });
  assert.deepEqual([later.bus, later.totals.pv], [buildModel(null).bus, null]);
  assert.deepEqual([later.deals[0].running, later.deals[0].known, later.deals[0].current, later.spurs], [false, false, null, []]);
  assert.equal(buildModel(null, { lost: true }).status, null);
});
