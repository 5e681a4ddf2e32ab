// Block 2: the cluster's mode, Shut Down, debug, Flush cache and Stop all (G1-G3, G8-G12, Z9, Z9a).

import { isDrained } from "../lib/drained.js";
import { latchOf } from "../lib/estop.js";
import { buildModel } from "../lib/model.js";
import { modeNeeds, shutDownNeeds } from "../lib/needs.js";
import { isRefusal } from "../lib/outcomes.js";
import { mayOrder } from "../lib/permits.js";
import { failureSentence, isUntold, lackingText, liveNow, modeInForce, modeName, namedOutcome, needSentence } from "../lib/sentences.js";
import { createAskLatch } from "../widgets/askLatch.js";
import { showOutcomes } from "../widgets/outcomes.js";
import { createStop } from "../widgets/stop.js";
import { keyed, make, setAttribute, setOutcome, setProperty, setText, showNeed } from "../widgets/text.js";

const $ = globalThis.jQuery;
const ASKED = ["stop", "manual"]; // modes that ask first
const SPOTS = ["cluster:shutDown", "cluster:flush", "cluster:lock", "cluster:ups", "cluster:estop"];

export function createCluster({ words, orders, state, api, ask, readNow }) {
  const find = (id) => document.getElementById(id);
  const mode = find("global-mode");
  const pending = find("global-pending");
  const choice = find("global-choice");
  const shutDown = find("shut-down");
  const hint = find("shut-down-hint");
  const note = find("global-note");
  const debug = find("debug");
  const stop = createStop({ words, api, orders, ask: askStopAll, askLatch: createAskLatch(), units: () => modelOfNow().units });
  let itself = { at: null, mode: null, over: true }; // the newest change of mode that the grid made by itself

  let seen = null; // the Soft Stop of which somebody here has seen that nothing follows it

  $("#global-form").on("submit", (event) => {
    event.preventDefault();
    if (choice.value === "")
      orders.say("global", words.t("mode.choose"), { kind: "warn", passing: true, holds: () => choice.value === "" }); // G3: "--" does nothing, and says so
    else chooseMode(choice.value);
  });
  $(choice).on("change", readNow);
  $(shutDown).on("click", askShutDown);
  $(debug).on("change", tellDebug);
  $("#flush").on("click", () =>
    orders
      .look({
        spot: "cluster:flush",
        order: "flushCache",
        call: api.flushCache,
        done: (body) => words.t("flush.done", { n: body.units ?? 0 }),
      })
      .then(readNow),
  );
  $("dialog").on("click", "[data-act=stop-all]", stop.press); // an open dialog shuts the rest of the page off, not this
  $(pending)
    .on("click", "[data-act=then-clear]", clearThen)
    .on("click", "[data-act=then-order]", () => {
      const then = state.get().model.status?.then;
      if (then) chooseMode(then.mode); // asked anew: its moment is now
    })
    .on("click", "[data-act=then-seen]", () => {
      seen = state.get().model.status?.then?.command ?? null;
      render(state.get().model);
    });

  async function chooseMode(wanted) {
    if (!ASKED.includes(wanted)) {
      giveMode(wanted);
      return;
    }
    const { answer, moment } = await ask(modeQuestion(wanted, modeName(wanted, words)));
    if (answer === "yes") giveMode(wanted, { moment });
    if (answer === "other") giveMode("heteronomous", { moment, then: wanted }); // the controller keeps the second step (Z9a)
  }

  function modeQuestion(wanted, name) {
    const model = state.get().model;
    const sharing = ["autonomous", "heteronomous"].includes(model.status?.grid?.mode);
    const running = sharing ? model.deals.length : 0;
    const lead = words.t(wanted === "stop" ? "ask.stop.lead" : "ask.manual.lead");
    return {
      title: words.t("ask.mode", { mode: name }),
      lead: running > 0 ? `${lead} ${words.t("ask.deals", { n: running, mode: name })}` : lead,
      facts: () => liveNow(state.get().model, words),
      yes: words.t("ask.yes", { what: name }),
      other: running > 0 ? words.t("ask.soft.first") : null,
      stops: wanted === "stop",
      note: running > 0 ? words.t("ask.then", { mode: name }) : "",
    };
  }

  function giveMode(wanted, { moment, then } = {}) {
    choice.value = "";
    orders.give({
      spot: "global",
      order: "setOperationMode",
      wanted: { mode: wanted },
      moment,
      call: (order) => order.setOperationMode({ value: wanted, then }),
    });
  }

  async function clearThen() {
    const answer = await api.clearThen();
    if (!answer.ok) orders.say("global", failureSentence(answer, words));
    readNow();
  }

  async function askShutDown() {
    const { answer, moment } = await ask({
      title: words.t("shutdown.ask"),
      lead: words.t("shutdown.lead"),
      facts: () => liveNow(state.get().model, words),
      yes: words.t("shutdown"),
    });
    if (answer === "yes") orders.give({ spot: "cluster:shutDown", order: "shutDown", moment, call: (order) => order.shutDown() });
  }

  async function askStopAll() {
    const manual = (state.get().live ?? state.get()).status?.grid?.mode === "manual";
    const { answer } = await ask({
      title: words.t("stopall.ask"),
      lead: words.t(manual ? "stopall.lead.manual" : "stopall.lead"),
      note: words.t("stopall.note"),
      facts: factsOfNow,
      yes: words.t("stopall"),
      focus: "yes",
      stopping: true,
    });
    return answer === "yes";
  }

  /** What a stop meets, also while the page shows the past, where it may have gone since it was asked. */
  function factsOfNow() {
    const lead = state.get().past === null ? [] : [{ text: words.t("past.stop"), level: "alarm" }];
    return [...lead, ...liveNow(modelOfNow(), words)];
  }

  /** What is known of now, also while the page shows the past. */
  function modelOfNow() {
    const { live, alive, model } = state.get();
    if (live === null) return model;
    return buildModel(live.frame, { lost: !alive, elapsed: (performance.now() - live.statusAt) / 1000 });
  }

  function render(model) {
    tellDebug();
    const grid = model.status?.grid ?? {};
    const untold = isUntold(model.status);
    const shown = modeInForce(model.status, words, grid.mode === "mixed" ? mixed(grid, model) : undefined);
    for (const element of [mode, find("mode-wall")]) {
      setText(element, shown);
      setAttribute(element, "data-kept", untold ? "" : null);
    }
    setAttribute(mode, "data-mode", grid.mode ?? null);
    showNeed(find("global-needs"), needSentence(modeNeeds(state.get(), choice.value), words));
    const needs = shutDownNeeds(state.get());
    setProperty(shutDown, "disabled", needs !== null);
    showNeed(hint, latchOf(state.get().status) === null ? needSentence(needs, words) : words.t("estop.shutdown"));
    for (const id of ["global-choice", "global-set"]) setProperty(find(id), "disabled", !mayOrder(state.get(), "stop")); // Force Stop is among the choices
    setProperty(find("flush"), "disabled", !mayOrder(state.get()));
    renderPending(model, grid);
    renderByItself(model.status?.gridEvents, grid.mode);
    const said = orders.shown("global");
    setOutcome(find("global-outcome"), outdated(said, grid.mode) ? null : namedOutcome(said, words));
    stop.render();
    showOutcomes(find("cluster-outcome"), orders.lines(SPOTS), words);
  }

  /** Z13a: that the mode in force was ordered by nobody stands beside it, until another mode is in force or ordered here. */
  function renderByItself(events, now) {
    const last = (Array.isArray(events) ? events : []).filter(({ kind, unitId }) => kind === "mode" && !unitId).at(-1) ?? null;
    if (last?.at !== itself.at) itself = { at: last?.at ?? null, mode: now, over: false };
    const ordered = state.get().orders.some(({ spot, at }) => spot === "global" && new Date(at) > new Date(itself.at));
    if (itself.mode !== now && now) itself.over = true;
    const shown = last !== null && !itself.over && !ordered && last.after === now;
    setProperty(note, "hidden", !shown);
    setText(note, shown ? `▲ ${words.said(last.text)} ${words.time(last.at)}` : "");
  }

  /** "mixed (Manual 2, Force Stop 1)", by the very readings that make it mixed; of one mode alone, who does not show it: "Run, not shown by E004 (--)". */
  function mixed({ modes }, model) {
    const counts = Object.entries(modes ?? {}).sort(([, one], [, other]) => other - one);
    const told = counts.filter(([name]) => name !== "");
    if (told.length === 1) {
      const [[only]] = told;
      const lacking = model.units.filter((unit) => unit.state === "live" && unit.globalMode !== only);
      return lacking.length === 0 ? modeName(only, words) : words.t("mode.lacking", { mode: modeName(only, words), units: lackingText(lacking, words) });
    }
    const parts = counts.map(([name, n]) => words.t("mode.mixed.of", { mode: modeName(name, words), n }));
    return `${words.t("mode.mixed")} (${parts.join(words.t("list.and"))})`;
  }

  function renderPending(model, grid) {
    const then = thenOf(model);
    const waits = model.status?.then?.state === "waiting" && !isDrained(model);
    const left = waits ? "" : countdown(model, grid); // what waits for the deals tells how many are left
    const text = [[wayOf(model, grid), left].filter(Boolean).join(words.t("list.and")), then.text].filter(Boolean).join(" · ");
    if (pending.firstElementChild === null) pending.replaceChildren(make("span"), make("span", "", { class: "buttons" }));
    setText(pending.firstElementChild, text);
    keyed(
      pending.lastElementChild,
      then.buttons,
      ({ act }) => act,
      ({ act }) => make("button", "", { type: "button", "data-act": act }),
      (button, { label, needs }) => {
        setText(button, label);
        setProperty(button, "disabled", state.get().past !== null || (needs && !mayOrder(state.get())));
      },
    );
  }

  /** What is to follow a Soft Stop, as the controller tells it, whoever asked for it: {text, buttons}. */
  function thenOf({ status, deals, dealsKnown }) {
    const then = status?.then ?? null;
    const values = { mode: modeName(then?.mode, words), n: deals.length, by: then?.by ?? "--", why: words.said(then?.why ?? "") };
    const drop = { act: "then-clear", label: words.t("then.cancel"), needs: false };
    if (then?.state === "waiting") {
      const key = !dealsKnown ? "then.unknown" : then.mine === true ? "then.waits" : "then.waits.other";
      return { text: words.t(key, values), buttons: [drop] };
    }
    if (then?.state === "offered") {
      return { text: words.t("then.offered", values).trim(), buttons: [{ act: "then-order", label: words.t("then.order", values), needs: true }, drop] };
    }
    const news = then?.state === "ended" && then.command !== seen && new Date(then.until) > new Date(status.time);
    if (news) return { text: words.t("then.ended", values), buttons: [{ act: "then-seen", label: words.t("then.seen"), needs: false }] };
    return { text: "", buttons: [] };
  }

  /** "→ Soft Stop: 17 of 18, missing E005 (Run); not told by E004 (silent)", from the open order, else from what the status says is pending; "" once all show it. */
  function wayOf(model, grid) {
    const open = (model.status?.orders ?? []).find(({ order, unitId }) => (order === "setOperationMode" || order === "setBudo") && !unitId);
    const wanted = open ? (WIRE[open.wanted?.mode] ?? open.wanted?.mode) : grid.pending;
    if (!wanted) return "";
    const live = model.units.filter(({ state }) => state === "live");
    const lacking = live.filter(({ globalMode }) => globalMode !== wanted);
    const untold = model.units.filter(({ state }) => state !== "live");
    if (lacking.length === 0 && untold.length === 0) return "";
    const way = [
      words.t(lacking.length === 0 ? "pending.shown" : "pending.of", { n: live.length - lacking.length, of: live.length, units: lackingText(lacking, words) }),
      untold.length === 0 ? "" : words.t("pending.untold", { units: lackingText(untold, words) }),
    ];
    return `${words.t("pending.mode", { mode: modeName(wanted, words) })}: ${way.filter(Boolean).join("; ")}`;
  }

  function countdown(model, grid) {
    if ((grid.pending ?? grid.mode) !== "heteronomous") return "";
    if (!model.dealsKnown || typeof grid.gridMaster !== "string") return words.t("now.deals.unknown");
    return isDrained(model) ? words.t("pending.drained") : words.t("pending.deals", { n: model.deals.length });
  }

  /** The browser may have set the box by itself, as after a reload. */
  function tellDebug() {
    state.set({ debug: debug.checked });
  }

  return { render };
}

/** Whether the mode in force says the contrary of what came of an order: another than was seen in effect, or the very one that was not taken. */
function outdated(said, now) {
  const wanted = said?.command?.wanted?.mode ?? null;
  if (!wanted || !now || said.ended === null) return false;
  return said.kind !== "bad" && SEEN.has(said.command.state) ? wanted !== now : UNDONE.has(said.command.state) && !isRefusal(said) && wanted === now;
}

const SEEN = new Set(["verified", "partlyVerified"]);
const UNDONE = new Set(["failed", "timedOut", "cancelled"]);
const WIRE = Object.freeze({ active: "autonomous", quiet: "heteronomous" });
