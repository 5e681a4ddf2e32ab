// How an order lives on this page: its key and moment, its answer or none, its end; and that it is never another's.

import assert from "node:assert/strict";
import test from "node:test";

import { newKey, pageName } from "../../js/keys.js";
import { standing } from "../../js/lib/sentences.js";
import { createOrders } from "../../js/orders.js";
import { createState } from "../../js/state.js";
import { createWords } from "../../js/words.js";
import { wordsIn } from "./wordsIn.js";

const words = createWords("en");
const ORDERS = { orders: (terms) => ({ terms }) };
const RUN = { order: "setOperationMode", unitId: null, wanted: { mode: "autonomous" } };
const LOST = { ok: false, status: 0, body: null, failure: "timedOut" };

/** An order log with a clock to turn, and a controller that knows `known` and answers while `up`. */
function bench({ status = { serial: 7, start: "a1", orders: [] }, statusAt = 0 } = {}) {
  const bench = { time: 0, known: [], up: true, asked: [], state: createState({ status, statusAt }) };
  const answer = (path, body) => {
    bench.asked.push(path);
    return bench.up ? { ok: body !== null, status: body === null ? 404 : 200, body: structuredClone(body), failure: null } : LOST;
  };
  const api = {
    ...ORDERS,
    commands: async ({ key }) => answer(`commands?key=${key}`, { commands: bench.known.filter((one) => one.key === key) }),
    command: async (id) => answer(`commands/${id}`, bench.known.find((one) => one.id === id) ?? null),
  };
  bench.orders = createOrders({
    api,
    state: bench.state,
    words,
    page: "p1",
    renew: () => bench.asked.push("status"),
    now: () => new Date(0),
    clock: () => bench.time,
  });
  bench.give = (call, more = {}) => bench.orders.give({ spot: "global", ...RUN, call, ...more });
  bench.entry = () => bench.state.get().orders[0];
  bench.shown = () => [bench.entry().command.state, bench.entry().kind, bench.entry().text, bench.entry().ended !== null];
  bench.hear = async (told = {}) => {
    bench.state.set({ status: { ...bench.state.get().status, orders: [], ...told }, statusAt: bench.time });
    bench.orders.follow(bench.state.get().status);
    await settled();
  };
  return bench;
}

const settled = () => new Promise(setImmediate);
const never = () => new Promise(() => {});

test("every order bears a key of its own, and the moment at which its question was opened", async () => {
  const { orders, give, ...world } = bench();
  const given = [];
  const call = async ({ terms }) => (given.push(terms), { ok: true, body: { command: `c${given.length}`, key: terms.key, state: "verified" } });
  const moment = orders.moment(); // the question opens
  world.state.set({ status: { serial: 9, start: "a1" }, statusAt: 4000 });
  await orders.give({ spot: "global", ...RUN, moment, call });
  await orders.give({ spot: "global", ...RUN, call });
  await orders.give({ spot: "stop", order: "stopAll", moment: null, call });
  const [{ key, ...asked }, { key: second, ...pressed }, { key: third, ...stop }] = given;
  assert.deepEqual(asked, { page: "p1", wait: "no", serial: 7, start: "a1", age: 0 });
  assert.deepEqual(pressed, { page: "p1", wait: "no", serial: 9, start: "a1", age: 0 });
  assert.deepEqual(stop, { page: "p1", wait: "no" });
  assert.equal(new Set([key, second, third]).size, 3);
  for (const one of [key, second, third]) assert.match(one, /^[0-9a-f]{32}$/);
});

test("the age is reckoned when the order is sent off, in whole ms since its status arrived", async () => {
  const world = bench({ statusAt: 100.5 });
  let sent = null;
  const moment = world.orders.moment();
  world.time = 9000.9;
  await world.give(async ({ terms }) => ((sent = terms), { ok: true, body: {} }), { moment });
  assert.equal(sent.age, 8900);
});

test("an order follows its own key, never another's with the same order and scope (H1)", async () => {
  const world = bench();
  world.give(never);
  await world.hear({ orders: [{ ...RUN, id: "c3", key: "somebody-else", state: "accepted", progress: { shown: 6, of: 6 } }] });
  assert.deepEqual(world.shown(), ["pending", "wait", "sending", false]);
  await world.hear({ orders: [{ ...RUN, id: "c4", key: world.entry().key, state: "accepted", progress: { shown: 1, of: 6 } }] });
  assert.deepEqual(world.shown(), ["accepted", "wait", "accepted; seen at 1 of 6 units", false]);
});

test("an order held on its way is told as not arrived, without a word of how others stand (H1)", async () => {
  const world = bench();
  let release = null;
  const given = world.give(
    () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  );
  await world.hear();
  assert.deepEqual(world.shown(), ["pending", "wait", "sending", false]);
  world.time = 2500;
  await world.hear();
  assert.deepEqual(world.shown(), ["absent", "wait", "has not arrived", false]);
  world.time = 60_000;
  await world.hear();
  assert.equal(world.shown()[3], false); // its answer may still come
  release({ ok: false, status: 409, failure: "refused", body: { error: "Ordered 60 s ago.", sent: false } });
  await given;
  assert.deepEqual(world.shown(), ["failed", "bad", "Ordered 60 s ago.", true]);
});

for (const failure of ["timedOut", "unreachable", "garbled", "gaveWay"]) {
  test(`an order whose answer was lost (${failure}) is found by its key and followed to its end (H19)`, async () => {
    const world = bench();
    let calls = 0;
    world.up = false;
    await world.give(async ({ terms }) => {
      calls += 1;
      world.known.push({ ...RUN, id: "c5", key: terms.key, state: "pending" });
      return { ...LOST, failure };
    });
    await settled();
    assert.deepEqual([world.shown()[0], world.shown()[1], world.shown()[3]], ["unknown", "bad", false]);
    assert.match(world.shown()[2], /unknown.*not sent again/);
    world.up = true;
    await world.hear();
    assert.deepEqual(world.shown(), ["pending", "wait", "sending", false]);
    world.known[0].state = "verified";
    await world.hear();
    assert.deepEqual(world.shown(), ["verified", "done", "done, seen in effect", true]);
    assert.equal(calls, 1);
  });
}

test("an order that never arrives is told so, asked for as long as it may act, and never sent again", async () => {
  const world = bench();
  let calls = 0;
  await world.give(async () => ((calls += 1), LOST));
  await settled();
  assert.deepEqual(world.shown(), ["absent", "bad", "has not arrived", false]);
  world.time = 14_000;
  await world.hear();
  assert.equal(world.shown()[3], false);
  world.time = 15_100;
  await world.hear();
  assert.deepEqual(world.shown(), ["absent", "bad", "has not arrived", true]);
  const before = world.asked.length;
  await world.hear();
  assert.deepEqual([calls, world.asked.length], [1, before]);
});

test("the time in which an order may still act is the controller's own setting", async () => {
  const world = bench({ status: { serial: 1, start: "a1", orders: [], config: { ordertime: 30 } } });
  await world.give(async () => LOST);
  await settled();
  world.time = 34_000;
  await world.hear();
  assert.equal(world.shown()[3], false);
  world.time = 35_100;
  await world.hear();
  assert.equal(world.shown()[3], true);
});

test("an order given up as not arrived shows how it stands when it arrives all the same", async () => {
  const world = bench();
  await world.give(async () => LOST);
  world.time = 20_000;
  await world.hear();
  assert.equal(world.shown()[3], true);
  await world.hear({ orders: [{ ...RUN, id: "c9", key: world.entry().key, state: "accepted" }] });
  assert.deepEqual(world.shown(), ["accepted", "wait", "accepted; not yet seen in the readings", false]);
});

test("after another start of the controller nobody can say that an order had not arrived", async () => {
  const world = bench();
  world.up = false;
  await world.give(async () => LOST);
  await settled();
  world.up = true;
  await world.hear({ start: "b2" });
  assert.match(world.shown()[2], /started anew.*unknown/);
  assert.equal(world.shown()[3], true);
});

test("an answer with another order's key is not taken for this one's", async () => {
  const world = bench();
  await world.give(async () => ({ ok: true, status: 202, body: { command: "c1", key: "another", state: "verified" } }));
  await settled();
  assert.deepEqual(world.shown(), ["absent", "bad", "has not arrived", false]);
});

test("an end that is known with the answer stands at once; why it failed is asked", async () => {
  const world = bench();
  await world.give(async ({ terms }) => ({ ok: true, status: 202, body: { command: "c1", key: terms.key, state: "verified" } }));
  assert.deepEqual(world.shown(), ["verified", "done", "done, seen in effect", true]);
  await world.give(async ({ terms }) => {
    world.known.push({ ...RUN, id: "c2", key: terms.key, state: "failed", error: "E2 is silent." });
    return { ok: true, status: 202, body: { command: "c2", key: terms.key, state: "failed" } };
  });
  await settled();
  assert.deepEqual(world.shown(), ["failed", "bad", "failed: E2 is silent.", true]);
});

test("once an order was answered a newer status is asked for, so that the next is not judged by one from before it", async () => {
  const world = bench();
  await world.give(async ({ terms }) => (assert.deepEqual(world.asked, []), { ok: true, body: { command: "c1", key: terms.key, state: "verified" } }));
  assert.deepEqual(world.asked, ["status"]);
});

test("what only reads has no key, and a lost answer of it is not looked for", async () => {
  const world = bench();
  const terms = [];
  await world.orders.look({ spot: "card:E1:refresh", order: "refresh", unitId: "E1", call: async (...given) => (terms.push(...given), LOST) });
  await world.hear();
  assert.deepEqual([terms, world.asked, world.shown()[3]], [[], [], true]);
  await world.orders.look({
    spot: "cluster:flush",
    order: "flushCache",
    call: async () => ({ ok: true, body: { units: 4 } }),
    done: ({ units }) => `${units} read`,
  });
  assert.equal(world.shown()[2], "4 read");
});

test("a page keeps its name over a reload, and has one where storage is switched off", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const name = pageName(() => storage);
  assert.match(name, /^[0-9a-f]{32}$/);
  assert.equal(
    pageName(() => storage),
    name,
  );
  assert.match(
    pageName(() => {
      throw new Error("off");
    }),
    /^[0-9a-f]{32}$/,
  );
  assert.notEqual(newKey(), newKey());
});

test("an order lives from sending through the open orders to its end, and is asked for once there", async () => {
  const state = createState();
  const asked = [];
  const api = {
    command: async (id) => {
      asked.push(id);
      return { ok: true, status: 200, body: { id, order: "setOperationMode", state: "verified", units: {} } };
    },
  };
  const orders = createOrders({ api: { ...ORDERS, ...api }, state, words, clock: () => 0 });
  await orders.give({
    spot: "global",
    order: "setOperationMode",
    wanted: { mode: "stop" },
    call: async () => ({ ok: true, body: { succeeded: true, command: "c7" } }),
  });
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

test("what became of orders is told again in a language that is chosen later", async (test) => {
  test.after(() => words.set("en"));
  const world = bench();
  const error = "The grid says no.";
  words.learn([{ text: error, code: "orders.stopAll", parameters: {} }]);
  await world.give(async () => ({ ok: false, status: 409, failure: "refused", body: { error, command: "c1", sent: false } }));
  world.give(never, { spot: "card:E001:local" });
  const told = () => world.state.get().orders.map(({ text }) => text);
  const english = told();
  words.set("ja");
  await words.ready;
  world.orders.retell();
  assert.notEqual(told()[0], english[0]);
  assert.match(told()[0], /[\u3040-\u9fff]/, "the order on its way");
  assert.ok(!told()[1].includes(error), "the controller's own sentence, by its code");
  words.set("en");
  world.orders.retell();
  assert.deepEqual(told(), english);
});

test("a refused order shows the refusal on its spot, a newer order takes its place", async () => {
  const state = createState();
  const orders = createOrders({ api: ORDERS, state, words, clock: () => 0 });
  await orders.give({
    spot: "card:E1",
    order: "setDcdc",
    unitId: "E1",
    call: async () => ({ ok: false, failure: "refused", body: { error: "No.", sent: false } }),
  });
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
  const orders = createOrders({ api: { ...ORDERS, ...api }, state, words, now: () => new Date(0), clock: () => 0 });
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

/** A converter order of this page that its converter's own answer made done; `told` is what /commands says of it. */
async function answeredOrder() {
  const world = bench();
  const told = {
    id: "c1",
    order: "setDcdc",
    unitId: "E1",
    wanted: { word: "0x0041" },
    state: "verified",
    units: { E1: { state: "verified", evidence: "converter" } },
  };
  await world.orders.give({
    spot: "card:E1:converter",
    order: "setDcdc",
    unitId: "E1",
    call: async ({ terms }) => {
      world.known.push({ ...told, key: terms.key });
      return { ok: true, body: { command: "c1", key: terms.key, state: "verified" } };
    },
  });
  await settled();
  world.tell = (change) => Object.assign(world.known[0], change);
  world.lines = () => world.orders.lines(["card:E1:converter"]).map(({ kind, text }) => `${kind} ${text}`);
  return world;
}

test("done by a converter's answer says that no reading has shown it, and is done once one shows it (S8)", async () => {
  const world = await answeredOrder();
  assert.deepEqual(world.lines(), ["done done by its converter's answer; not seen in a reading yet"]);
  assert.equal(world.orders.following(), true);
  world.tell({ units: { E1: { state: "verified", evidence: "reading" } } });
  world.time = 3500;
  await world.hear();
  assert.deepEqual(world.lines(), ["done done, seen in effect"]);
  assert.equal(world.orders.following(), false);
  const asked = world.asked.length;
  world.time = 10_000;
  await world.hear();
  assert.equal(world.asked.length, asked);
});

test("a done order that the readings contradict turns into an alarm, also where its line was cleared and another stands there", async () => {
  const world = await answeredOrder();
  world.orders.clear("card:E1:converter");
  assert.deepEqual(world.lines(), []);
  world.tell({ state: "contradicted", error: "E1 shows Wait.", units: { E1: { state: "contradicted", evidence: null } } });
  world.time = 3500;
  await world.hear();
  assert.deepEqual(world.lines(), ["bad contradicted by the readings: E1 shows Wait."]);
  assert.equal(world.orders.at("card:E1:converter").kind, "bad");
});

test("it is asked for every few seconds only, for 90 s; what no reading has shown by then warns", async () => {
  const world = await answeredOrder();
  const questions = () => world.asked.filter((path) => path === "commands/c1").length;
  const before = questions();
  for (world.time = 1000; world.time <= 9000; world.time += 1000) await world.hear();
  assert.equal(questions() - before, 3);
  world.time = 91_000;
  await world.hear();
  assert.deepEqual(world.lines(), ["warn done by its converter's answer; not seen in a reading yet"]);
  assert.equal(world.orders.following(), false);
});

test("a refusal by the E-stop does not say that it is latched once it has been reset", async () => {
  const world = bench();
  const error = "The E-stop is latched by anna.";
  await world.give(async () => ({ ok: false, status: 409, failure: "refused", body: { error, sent: false, cause: "estop" } }));
  await world.hear(); // a status from before the latch
  assert.equal(world.entry().text, error);
  await world.hear({ estop: { by: "anna" } });
  assert.equal(world.entry().text, error);
  await world.hear({ estop: null });
  assert.deepEqual(world.shown(), ["failed", "warn", "Was refused while the E-stop was latched; that is reset, nothing was sent.", true]);
});

test("a late contradiction is learned from the event that tells of it", async () => {
  const world = await answeredOrder();
  world.time = 91_000;
  await world.hear();
  world.tell({ state: "contradicted", error: "E1 shows Wait." });
  await world.hear({ gridEvents: [{ kind: "contradicted", command: "c11", text: "setDcdc c11 for E1: other, c1 too" }] });
  assert.equal(world.entry().command.state, "verified");
  await world.hear({ gridEvents: [{ kind: "contradicted", command: "c1", text: "setDcdc c1 for E1: E1 shows Wait." }] });
  assert.deepEqual(world.lines(), ["bad contradicted by the readings: E1 shows Wait."]);
});

test("an order seen in part warns and names who cannot tell (S25)", async () => {
  const world = bench();
  await world.give(async ({ terms }) => {
    world.known.push({
      ...RUN,
      id: "c1",
      key: terms.key,
      state: "partlyVerified",
      note: "Seen at 1 of 4; E002, E003 cannot tell.",
      units: { E002: { state: "unconfirmed" } },
    });
    return { ok: true, body: { command: "c1", key: terms.key, state: "partlyVerified" } };
  });
  await settled();
  assert.deepEqual(world.shown(), ["partlyVerified", "warn", "seen in part: Seen at 1 of 4; E002, E003 cannot tell.", true]);
});

test("Stop all that rests on answers says so, and that it is contradicted", () => {
  const stop = { order: "stopAll", state: "verified", units: { E1: { state: "verified", evidence: "converter" } } };
  assert.match(standing(stop, words), /all by their own answer, not seen in a reading yet/);
  const mixed = { ...stop, units: { ...stop.units, E2: { state: "verified", evidence: "reading" } } };
  assert.match(standing(mixed, words), /some by their own answer, not seen in a reading yet/);
  assert.equal(standing({ ...stop, units: { E1: { state: "verified", evidence: "reading" } } }, words), "Every unit known is in Wait.");
  assert.equal(standing({ ...stop, state: "contradicted", error: "E1 shows charge." }, words), "contradicted by the readings: E1 shows charge.");
});

test("an ended Stop all in short says the same as in the whole", () => {
  const short = (byAnswer) => standing({ order: "stopAll", state: "verified", byAnswer }, words);
  assert.match(short("all"), /all by their own answer, not seen in a reading yet/);
  assert.match(short("some"), /some by their own answer, not seen in a reading yet/);
  assert.equal(short(null), "Every unit known is in Wait.");
});

test("what converters answered themselves is not called seen before it is", async () => {
  const running = (progress, ...evidence) =>
    standing({ order: "stopAll", state: "accepted", progress, units: Object.fromEntries(evidence.map((one, at) => [`E${at}`, { evidence: one }])) }, words);
  const all = { shown: 2, of: 2 };
  const byAnswer = "shown at 2 of 2 units, at 2 by their own answer alone; not all seen in a reading yet";
  assert.equal(running(all, "converter", "converter"), byAnswer);
  assert.equal(running(all, "converter", "reading"), byAnswer.replace("at 2 by", "at 1 by"));
  assert.equal(running(all, "reading", "reading"), "seen at all 2 units; being confirmed");
  assert.equal(running({ shown: 1, of: 2 }, "converter", null), byAnswer.replace("at 2 of 2 units, at 2", "at 1 of 2 units, at 1"));
  assert.equal(running({ shown: 1, of: 2 }, "reading", null), "accepted; seen at 1 of 2 units");
});

test("a running Stop all tells who gets Wait in how long and why, and without it stands as before", async () => {
  const stop = {
    order: "stopAll",
    state: "pending",
    progress: { shown: 1, of: 4, grace: { units: ["E001", "E002"], waitIn: 31.4, why: "apis-main ends its deals in their order first" } },
  };
  assert.equal(standing(stop, words), "sending; seen at 1 of 4 units; Wait goes to E001, E002 in 31 s: apis-main ends its deals in their order first.");
  for (const grace of [null, undefined, { units: [] }])
    assert.equal(standing({ ...stop, progress: { shown: 1, of: 4, grace } }, words), "sending; seen at 1 of 4 units");
  assert.match(standing(stop, await wordsIn("ja")), /E001、?.*E002 には 31 秒後に Wait を送信します/);
});
