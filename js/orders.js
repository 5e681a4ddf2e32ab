// The orders of this page, from the press of a button to their end: sent, refused, accepted, seen in effect. Used by the panels.
//
//   orders.give({ spot: "global", order: "setOperationMode", unitId: null, wanted: {mode: "stop"}, call: () => api.setOperationMode(...) })
// Every entry {key, spot, command (as in /commands, as far as known), at, ended, kind: "wait"|"done"|"bad", text} goes into state.orders,
// newest first; panels show what stands at their spots, one spot for each form. `turn` and `over` count what was given, said and ended, for
// two of these may fall into one millisecond. After acceptance an entry follows the command's life: among the open orders of
// /get/status, then once /commands/<id> for its end.

import { failureSentence, standing } from "./lib/sentences.js";

const KEPT = 200; // entries of this session; the journal keeps all

export function createOrders({ api, state, words, now = () => new Date() }) {
  let turn = 0;
  const asking = new Set();

  async function give({ spot, order, unitId = null, wanted = {}, call, done = null }) {
    const key = `o${(turn += 1)}`;
    const command = { order, unitId, wanted, state: "pending" };
    put({ key, spot, command, turn, over: null, at: now().toISOString(), ended: null, kind: "wait", text: words.t("outcome.sending") });
    const answer = await call();
    if (!answer.ok) {
      const sent = answer.failure === "refused" ? answer.body?.sent ?? false : "unknown";
      patch(key, { ...ending("bad", failureSentence(answer, words)), command: { ...command, state: "failed", sent, id: answer.body?.command } });
      return answer;
    }
    const id = answer.body?.command;
    if (typeof id === "string" && !answer.body.ended) {
      patch(key, { command: { ...command, id, state: "accepted" }, text: words.t("outcome.accepted") });
      follow(state.get().status);
    } else {
      const told = done ? done(answer.body) : words.t("outcome.done");
      patch(key, { ...(typeof told === "string" ? ending("done", told) : ending(told.kind, told.text)), command: { ...command, state: "verified" } });
    }
    return answer;
  }

  /** Says something at a spot that no order stands behind: a wrong entry, a refusal by this page. */
  function say(spot, text, kind = "bad") {
    patchSpot(spot, { kind, text });
  }

  /** Renews what is under way from a newer status. */
  function follow(status) {
    if (!status) return;
    const open = new Map((Array.isArray(status.orders) ? status.orders : []).map((command) => [command.id, command]));
    for (const entry of state.get().orders) {
      const id = entry.command?.id;
      if (entry.ended !== null) continue;
      if (typeof id !== "string") {
        const inFlight = [...open.values()].find(({ order, unitId }) => order === entry.command.order && (unitId ?? null) === (entry.command.unitId ?? null));
        if (inFlight) patch(entry.key, { text: standing(inFlight, words) });
        continue;
      }
      if (open.has(id)) patch(entry.key, { command: open.get(id), text: standing(open.get(id), words) });
      else if (!asking.has(id)) askEnd(entry.key, id);
    }
  }

  async function askEnd(key, id) {
    asking.add(id);
    const answer = await api.command(id);
    asking.delete(id);
    const command = answer.ok ? answer.body?.command ?? answer.body : null;
    if (command && typeof command === "object" && command.state) {
      const over = !["pending", "accepted"].includes(command.state);
      const text = standing(command, words);
      patch(key, over ? { command, ...ending(command.state === "verified" ? "done" : "bad", text) } : { command, text });
    } else if (answer.status === 404) {
      patch(key, ending("bad", words.t("outcome.lost"))); // the controller was started anew and knows it no longer
    }
  }

  function ending(kind, text) {
    return { kind, text, ended: now().toISOString(), over: (turn += 1) };
  }

  function put(entry) {
    state.set({ orders: [entry, ...state.get().orders].slice(0, KEPT), said: without(state.get().said, entry.spot) });
  }

  function patch(key, change) {
    const orders = state.get().orders;
    const before = orders.find((entry) => entry.key === key);
    if (!before || Object.entries(change).every(([name, value]) => before[name] === value)) return;
    state.set({ orders: orders.map((entry) => (entry === before ? { ...entry, ...change } : entry)) });
  }

  function patchSpot(spot, said) {
    state.set({ said: { ...state.get().said, [spot]: { ...said, key: spot, turn: (turn += 1) } } });
  }

  /** What stands at a spot: the last thing said there, else its newest order; null for nothing. */
  function at(spot) {
    const { said, orders } = state.get();
    return said?.[spot] ?? orders.find((entry) => entry.spot === spot) ?? null;
  }

  /** What stands at several spots, newest first: every order under way, and what was said or ended at a spot since its newest order. */
  function lines(spots) {
    return spots.flatMap(linesOf).sort((one, other) => other.turn - one.turn);
  }

  function linesOf(spot) {
    const said = state.get().said?.[spot];
    const own = state.get().orders.filter((entry) => entry.spot === spot);
    const since = Math.max(said?.turn ?? 0, own[0]?.turn ?? 0);
    return [...(said?.text ? [said] : []), ...own.filter(({ over }) => over === null || over > since)];
  }

  /** Takes away what is over at a spot; an order under way stays, and so will its end. */
  function clear(spot) {
    patchSpot(spot, { kind: "done", text: "" });
  }

  return { give, say, follow, at, lines, clear };
}

function without(said, spot) {
  if (!said || !(spot in said)) return said ?? {};
  const { [spot]: gone, ...rest } = said;
  return rest;
}
