// The orders of this page, from the press of a button to their end: sent, refused, accepted, seen in effect. Used by the panels.
//
//   orders.give({ spot: "global", order: "setOperationMode", unitId: null, wanted: {mode: "stop"}, moment, call: (order) => order.setOperationMode(...) })
// An order bears a key made here and the moment from which it is judged: the status that the page held when its question was opened
// (page.ask tells it), or now. It is followed by that key alone and never sent again: one whose answer was lost is asked for.
// One that is done by its converter's own answer is asked for on, until a reading shows it or its time is over: it may yet be contradicted.
// Every entry {key, spot, command (as in /commands, as far as known), at (ISO), ended (performance.now(), ms), kind: "wait"|"done"|"warn"|"bad", text} goes into state.orders,
// newest first; panels show what stands at their spots, one spot for each form, for as long as it is worth telling (lib/outcomes.js). `turn` and `over` count what was given, said and ended, for
// two of these may fall into one millisecond.

import { newKey } from "./keys.js";
import { groundsOf, stageOf } from "./lib/outcomes.js";
import { awaitsReading, doneKey, failureSentence, standing } from "./lib/sentences.js";

const KEPT = 200; // entries of this session; the journal keeps all
const PATIENCE = 2_000; // ms without an answer until an order is asked for by its key
const ORDER_TIME = 10; // s, as the controller's setting where the status does not tell it
const SURELY_LATE = 5; // s beyond it: what has not arrived by then is refused when it does
const OPEN = ["pending", "accepted"];
const KIND = { verified: "done", partlyVerified: "warn" };
const READINGS_TIME = 90_000; // ms: by then the readings have shown what a converter answered, or will not
const ASK_AGAIN = 3_000; // ms between two questions whether they have

/** `renew` asks for a newer status. */
export function createOrders({ api, state, words, page = null, renew = () => {}, now = words.now, clock = () => performance.now() }) {
  let turn = 0;
  const asking = new Set();

  /** What was told of now, also while the page shows the past. */
  function ofNow() {
    return state.get().live ?? state.get();
  }

  /** What the page holds now: the serial and start of its status, and when that arrived. */
  function moment() {
    const { status, statusAt } = ofNow();
    return { serial: status?.serial ?? null, start: status?.start ?? null, at: statusAt ?? null };
  }

  async function give({ spot, order, unitId = null, wanted = {}, moment: held = moment(), call }) {
    const key = put({ spot, command: { order, unitId, wanted, state: "pending" }, start: moment().start, sentAt: clock(), flight: true });
    const answer = await call(api.orders({ key, page, wait: "no", ...judgedFrom(held) }));
    answered(key, answer);
    renew(); // else the next order would be judged by a status from before this one
    return answer;
  }

  function judgedFrom(held) {
    const { serial = null, start, at = null } = held ?? {};
    return serial === null || at === null ? {} : { serial, start, age: Math.max(0, Math.round(clock() - at)) };
  }

  /** What only reads, and so has neither key nor moment: Refresh, Flush cache. `done` makes the text of its answer. */
  async function look({ spot, order, unitId = null, call, done = () => words.t("outcome.done") }) {
    const command = { order, unitId, wanted: {}, state: "pending" };
    const key = put({ spot, command, start: null, sentAt: null, flight: false });
    const answer = await call();
    if (answer.ok) patch(key, { ...ending("done", () => done(answer.body)), command: { ...command, state: "verified" } });
    else patch(key, { ...ending("bad", () => failureSentence(answer, words)), command: { ...command, state: "failed" } });
    return answer;
  }

  function answered(key, answer) {
    const { command } = entryOf(key);
    const id = answer.body?.command;
    const ours = (answer.body?.key ?? key) === key;
    if (typeof command.id === "string") {
      patch(key, { flight: false }); // it was found by its key before this answer came
    } else if (answer.failure === "refused") {
      const sent = answer.body?.sent ?? false;
      patch(key, {
        flight: false,
        ...ending("bad", () => failureSentence(answer, words), command.unitId),
        latched: answer.body?.cause === "estop" ? "told" : null,
        command: { ...command, state: "failed", sent, id },
      });
    } else if (!answer.ok || !ours) {
      lost(key, ours ? answer : { failure: "garbled" });
    } else if (typeof id === "string") {
      const told = answer.body.state;
      const known = OPEN.includes(told) || (told === "verified" && !mayBeByAnswer(command));
      learn(key, { ...command, id, state: known ? told : "accepted" }); // why it failed, or by what it is done, is asked below
      follow(ofNow().status);
    } else {
      patch(key, { flight: false, ...ending("done", () => words.t(doneKey(command))), command: { ...command, state: "verified" } });
    }
  }

  /** No answer came: whether the order arrived is asked of the controller. */
  function lost(key, answer) {
    const { command } = entryOf(key);
    patch(key, {
      flight: false,
      kind: "bad",
      ...telling(() => `${failureSentence(answer, words)} ${words.t("outcome.seeking")}`),
      command: { ...command, state: "unknown", sent: "unknown" },
    });
    seek(key);
  }

  /** Says something at a spot that no order stands behind: a wrong entry, a refusal by this page; as long as it `holds`. */
  function say(spot, text, { kind = "bad", holds = null } = {}) {
    patchSpot(spot, { kind, text, holds });
  }

  /** Renews what is under way from a newer status. */
  function follow(status) {
    if (!status) return;
    const open = Array.isArray(status.orders) ? status.orders : [];
    for (const entry of state.get().orders) {
      if (entry.latched) unlatch(entry, status);
      const { key, command, ended, sentAt, flight } = entry;
      if (sentAt !== null && ended !== null && command.state !== "absent") watchOn(entry, status);
      if (sentAt === null || (ended !== null && command.state !== "absent")) continue;
      const told = open.find((one) => one.key === key || (command.id !== undefined && one.id === command.id));
      if (told) learn(key, told);
      else if (ended !== null) continue;
      else if (typeof command.id === "string") askEnd(key, command.id);
      else if (!flight || clock() - sentAt > PATIENCE) seek(key);
    }
  }

  /** A refusal by the E-stop says no longer that it is latched once it has been reset. */
  function unlatch({ key, latched }, status) {
    if (status.estop) patch(key, { latched: "seen" });
    else if (latched === "seen") patch(key, { latched: null, passing: true, overAt: clock(), kind: "warn", ...telling(() => words.t("outcome.unlatched")) });
  }

  /** What is done by an answer is asked for until it shows; so is what an event says to be contradicted. */
  function watchOn({ key, command, watched, askedAt }, status) {
    const doubted = command.state !== "contradicted" && contradictions(status).includes(command.id);
    if (!doubted && typeof watched !== "number") return;
    if (!doubted && clock() - watched > READINGS_TIME) patch(key, { watched: null, kind: "warn" });
    else if (clock() - (askedAt ?? -Infinity) >= ASK_AGAIN) {
      patch(key, { askedAt: clock() });
      askEnd(key, command.id);
    }
  }

  function learn(key, command) {
    const text = () => standing(command, words);
    const before = entryOf(key);
    if (OPEN.includes(command.state)) patch(key, { flight: false, kind: "wait", ended: null, over: null, ...telling(text), command });
    else if (before.ended !== null && before.command.state === command.state) patch(key, restated(before, command, text));
    else {
      patch(key, { flight: false, watched: awaitsReading(command) ? clock() : null, ...ending(KIND[command.state] ?? "bad", text, command.unitId), command });
      if (command.state === "contradicted") state.set({ said: without(state.get().said, before.spot) }); // it must be seen whatever was said since
    }
  }

  /** The same end, told anew: now it may rest on a reading. */
  function restated({ watched }, command, text) {
    if (awaitsReading(command)) return { command, ...telling(text) };
    return { command, watched: null, ...(typeof watched === "number" ? { ...telling(text), overAt: clock() } : {}) };
  }

  async function askEnd(key, id) {
    const answer = await once(key, () => api.command(id));
    const command = answer?.ok ? (answer.body?.command ?? answer.body) : null;
    if (command && typeof command === "object" && command.state) learn(key, command);
    else if (answer?.status === 404 && entryOf(key).ended === null)
      patch(
        key,
        ending("bad", () => words.t("outcome.lost")),
      ); // the controller was started anew and knows it no longer
  }

  /** Asks for an order by its key; where nobody answers, the next status asks again. */
  async function seek(key) {
    const answer = await once(key, () => api.commands({ key }));
    const { command, ended } = entryOf(key);
    if (!answer?.ok || !Array.isArray(answer.body?.commands) || ended !== null || typeof command.id === "string") return;
    const found = answer.body.commands.find((one) => one?.key === key);
    if (found) learn(key, found);
    else notThere(key);
  }

  /** The controller answers and knows nothing of it: it has not arrived, as long as this is still the same start of it. */
  function notThere(key) {
    const { command, start, sentAt, flight } = entryOf(key);
    const { status } = ofNow();
    if (start !== null && status?.start && status.start !== start) {
      patch(
        key,
        ending("bad", () => words.t("outcome.restarted")),
      );
      return;
    }
    const late = ((status?.config?.ordertime ?? ORDER_TIME) + SURELY_LATE) * 1000;
    const absent = () => words.t("outcome.absent");
    const said = { kind: flight ? "wait" : "bad", ...telling(absent), command: { ...command, state: "absent", sent: false } };
    patch(key, !flight && clock() - sentAt > late ? { ...said, ...ending("bad", absent) } : said);
  }

  /** One question at a time about an order. */
  async function once(key, ask) {
    if (asking.has(key)) return null;
    asking.add(key);
    const answer = await ask();
    asking.delete(key);
    return answer;
  }

  function ending(kind, tell, unitId = null) {
    const grounds = kind === "bad" ? groundsOf(ofNow().status, unitId) : null;
    return { kind, ...telling(tell), ended: clock(), endedAt: now().toISOString(), over: (turn += 1), overAt: clock(), grounds };
  }

  /** Says what became of every order anew, in the language that the page has now. */
  function retell() {
    state.set({ orders: state.get().orders.map((entry) => ({ ...entry, text: entry.tell() })) });
  }

  function put(entry) {
    const key = newKey();
    const begun = {
      key,
      turn: (turn += 1),
      over: null,
      at: now().toISOString(),
      ended: null,
      kind: "wait",
      ...telling(() => words.t("outcome.sending")),
      ...entry,
    };
    state.set({ orders: [begun, ...state.get().orders].slice(0, KEPT), said: without(state.get().said, entry.spot) });
    return key;
  }

  function entryOf(key) {
    return state.get().orders.find((entry) => entry.key === key) ?? { command: {}, ended: "" }; // beyond KEPT: over for this page
  }

  function patch(key, change) {
    const orders = state.get().orders;
    const before = orders.find((entry) => entry.key === key);
    if (!before || Object.entries(change).every(([name, value]) => name === "tell" || before[name] === value)) return;
    state.set({ orders: orders.map((entry) => (entry === before ? { ...entry, ...change } : entry)) });
  }

  function patchSpot(spot, said) {
    state.set({ said: { ...state.get().said, [spot]: { ...said, key: spot, saidAt: clock(), turn: (turn += 1) } } });
  }

  /** What stands at a spot: the last thing said there, else its newest order; null for nothing. */
  function at(spot) {
    const { said, orders } = state.get();
    return said?.[spot] ?? orders.find((entry) => entry.spot === spot) ?? null;
  }

  /** As `at`, for showing it: null once it is over, and with `fading` just before. */
  function shown(spot) {
    const { said, orders } = state.get();
    return [said?.[spot], orders.find((entry) => entry.spot === spot)].flatMap(standingOf)[0] ?? null;
  }

  /** An entry as it is to be shown now, as a list of one; of none where it is over. */
  function standingOf(entry) {
    if (!entry) return [];
    const stage = stageOf(entry, clock(), () => groundsOf(ofNow().status, entry.command?.unitId ?? null));
    return stage === "over" ? [] : [stage === "fading" ? { ...entry, fading: true } : entry];
  }

  /** What stands at several spots, newest first: every order under way, and what was said or ended at a spot since its newest order. */
  function lines(spots) {
    return spots.flatMap(linesOf).sort((one, other) => other.turn - one.turn);
  }

  function linesOf(spot) {
    const said = state.get().said?.[spot];
    const own = state.get().orders.filter((entry) => entry.spot === spot);
    const since = Math.max(said?.turn ?? 0, own[0]?.turn ?? 0);
    return [...(said?.text ? [said] : []), ...own.filter(({ over }) => over === null || over > since)].flatMap(standingOf);
  }

  /** Takes away what is over at a spot; an order under way stays, and so will its end. */
  function clear(spot) {
    patchSpot(spot, { kind: "done", text: "" });
  }

  /** Whether an order of this page has not ended yet, or not been seen in a reading. */
  function following() {
    return state.get().orders.some(({ ended, watched }) => ended === null || typeof watched === "number");
  }

  return { moment, give, look, say, follow, at, shown, lines, clear, following, retell };
}

/** A text as it reads now, and how it is told again in another language. */
function telling(tell) {
  return { text: tell(), tell };
}

/** Whether its end may rest on a converter's own answer. */
function mayBeByAnswer({ order, wanted }) {
  return order === "setDcdc" || order === "stopAll" || order === "estop" || wanted?.mode === "stop";
}

function contradictions({ gridEvents }) {
  return (Array.isArray(gridEvents) ? gridEvents : []).filter(({ kind }) => kind === "contradicted").map(({ command }) => command);
}

function without(said, spot) {
  if (!said || !(spot in said)) return said ?? {};
  const { [spot]: gone, ...rest } = said;
  return rest;
}
