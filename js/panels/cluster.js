// Block 2: the cluster's mode, Shut Down, debug, Flush cache and Stop all (G1-G3, G8-G12, Z9, Z9a).

import { isDrained, nextStep } from "../lib/follow.js";
import { timeOfDay } from "../lib/moments.js";
import { liveNow, modeName, stopAllAnswer } from "../lib/sentences.js";
import { told } from "../lib/wire.js";
import { showOutcomes } from "./outcomes.js";
import { setAttribute, setOutcome, setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;
const ASKED = ["stop", "manual"]; // modes that ask first
const SPOTS = ["cluster:shutDown", "cluster:flush", "cluster:lock", "cluster:ups"];

export function createCluster(page) {
  const { words, orders, api } = page;
  const find = (id) => document.getElementById(id);
  const mode = find("global-mode");
  const pending = find("global-pending");
  const choice = find("global-choice");
  const shutDown = find("shut-down");
  const hint = find("shut-down-hint");
  const note = find("global-note");
  let itself = { at: null, mode: null, over: true }; // the newest change of mode that the grid made by itself
  let plan = null; // Soft Stop first, then plan.mode

  $("#global-form").on("submit", (event) => {
    event.preventDefault();
    if (choice.value === "") return; // G3: "--" does nothing
    chooseMode(choice.value);
  });
  $(shutDown).on("click", askShutDown);
  $("#flush").on("click", () => orders.give({
    spot: "cluster:flush", order: "flushCache", call: api.flushCache, done: (body) => words.t("flush.done", { n: body.units ?? 0 }),
  }).then(page.readNow));
  $("#stop-form").on("submit", (event) => {
    event.preventDefault(); // without a script the form itself orders Stop all
    askStopAll();
  });
  $("dialog").on("click", "[data-act=stop-all]", askStopAll); // an open dialog shuts the rest of the page off, not this
  $(pending).on("click", "[data-act=unfollow]", () => {
    plan = null;
    render(page.model());
  });

  async function chooseMode(wanted) {
    plan = null;
    if (!ASKED.includes(wanted)) {
      giveMode(wanted);
      return;
    }
    const name = modeName(wanted, words);
    const { answer } = await page.ask(modeQuestion(wanted, name));
    if (answer === "yes") giveMode(wanted);
    if (answer === "other") {
      plan = { mode: wanted, since: performance.now() / 1000, seen: false };
      const given = await giveMode("heteronomous");
      if (!given.ok) plan = null;
    }
  }

  function modeQuestion(wanted, name) {
    const model = page.model();
    const sharing = ["autonomous", "heteronomous"].includes(model.status?.grid?.mode);
    const running = sharing ? model.deals.length : 0;
    const lead = words.t(wanted === "stop" ? "ask.stop.lead" : "ask.manual.lead");
    return {
      title: words.t("ask.mode", { mode: name }),
      lead: running > 0 ? `${lead} ${words.t("ask.deals", { n: running, mode: name })}` : lead,
      facts: () => liveNow(page.model(), words),
      yes: words.t("ask.yes", { what: name }),
      other: running > 0 ? words.t("ask.soft.first") : null,
      stops: wanted === "stop",
      note: running > 0 ? words.t("ask.then", { mode: name }) : "",
    };
  }

  function giveMode(wanted) {
    choice.value = "";
    return orders.give({ spot: "global", order: "setOperationMode", wanted: { mode: wanted }, call: () => api.setOperationMode({ value: wanted }) });
  }

  async function askShutDown() {
    const { answer } = await page.ask({
      title: words.t("shutdown.ask"), lead: words.t("shutdown.lead"), facts: () => liveNow(page.model(), words), yes: words.t("shutdown"),
    });
    if (answer === "yes") orders.give({ spot: "cluster:shutDown", order: "shutDown", call: () => api.shutDown() });
  }

  async function askStopAll() {
    plan = null;
    const manual = page.model().status?.grid?.mode === "manual";
    const { answer } = await page.ask({
      title: words.t("stopall.ask"), lead: words.t(manual ? "stopall.lead.manual" : "stopall.lead"), note: words.t("stopall.note"),
      facts: () => liveNow(page.model(), words), yes: words.t("stopall"), focus: "yes", stopping: true,
    });
    if (answer !== "yes") return;
    orders.give({ spot: "stop", order: "stopAll", call: async () => stopAllAnswer(await api.stopAll(), words), done: () => words.t("stopall.not") });
  }

  function render(model) {
    const grid = model.status?.grid ?? {};
    setText(mode, grid.mode === "mixed" ? mixed(model) : modeName(grid.mode, words));
    setAttribute(mode, "data-mode", grid.mode ?? null);
    setText(find("mode-wall"), mode.textContent);
    const allowed = grid.mode === "manual" && page.orderable();
    setProperty(shutDown, "disabled", !allowed);
    setProperty(hint, "hidden", allowed);
    for (const id of ["global-choice", "global-set", "flush"]) setProperty(find(id), "disabled", !page.orderable());
    followPlan(model);
    renderPending(model, grid);
    renderByItself(model.status?.gridEvents, grid.mode);
    setOutcome(find("global-outcome"), outdated(orders.at("global"), grid.mode) ? null : orders.at("global"));
    setOutcome(find("stop-outcome"), orders.at("stop"));
    showOutcomes(find("cluster-outcome"), orders.lines(SPOTS), words);
  }

  /** Z13a: that the mode in force was ordered by nobody stands beside it, until another mode is in force or ordered here. */
  function renderByItself(events, now) {
    const last = (Array.isArray(events) ? events : []).filter(({ kind, unitId }) => kind === "mode" && !unitId).at(-1) ?? null;
    if (last?.at !== itself.at) itself = { at: last?.at ?? null, mode: now, over: false };
    const ordered = page.state.get().orders.some(({ spot, at }) => spot === "global" && new Date(at) > new Date(itself.at));
    if (itself.mode !== now && now) itself.over = true;
    const shown = last !== null && !itself.over && !ordered && last.text.includes(`to ${LABELS[now]} by itself`);
    setProperty(note, "hidden", !shown);
    setText(note, shown ? `▲ ${told(last.text)} ${timeOfDay(last.at, { language: words.language })}` : "");
  }

  function mixed(model) {
    const counts = new Map();
    for (const unit of model.units) if (unit.state === "live") counts.set(unit.globalMode, (counts.get(unit.globalMode) ?? 0) + 1);
    const parts = [...counts].map(([name, n]) => words.t("mode.mixed.of", { mode: modeName(name, words), n }));
    return `${words.t("mode.mixed")} (${parts.join(words.t("list.and"))})`;
  }

  function followPlan(model) {
    if (plan === null) return;
    const { step, seen } = nextStep(plan, model, toldAt());
    const wanted = plan.mode;
    plan = step === "wait" ? { ...plan, seen } : null;
    if (step === "go") giveMode(wanted);
    const ended = { drop: "then.dropped", late: "then.late" }[step];
    if (ended) orders.say("global", words.t(ended, { mode: modeName(wanted, words) }));
  }

  /** When the newest status was told, s: time in which nothing was heard counts against nobody. */
  function toldAt() {
    return (page.state.get().statusAt ?? 0) / 1000;
  }

  function renderPending(model, grid) {
    const parts = [wayOf(model, grid), countdown(model, grid)].filter(Boolean);
    let text = parts.join(words.t("list.and"));
    if (plan) {
      const key = model.dealsKnown ? "then.waits" : "then.unknown";
      text += ` ${words.t(key, { mode: modeName(plan.mode, words), n: model.deals.length })}`;
    }
    if (pending.dataset.text === text && pending.dataset.plan === String(plan !== null)) return;
    pending.dataset.text = text;
    pending.dataset.plan = String(plan !== null);
    $(pending).text(text);
    if (plan) $(pending).append(" ", $("<button type='button' class='quiet' data-act='unfollow'>").text(words.t("then.cancel")));
  }

  /** "→ Soft Stop: 17 of 19 units", from the open order, else from what the status says is pending. */
  function wayOf(model, grid) {
    const open = (model.status?.orders ?? []).find(({ order, unitId }) => (order === "setOperationMode" || order === "setBudo") && !unitId);
    const wanted = open ? WIRE[open.wanted?.mode] ?? open.wanted?.mode : grid.pending;
    if (!wanted) return "";
    const live = model.units.filter((unit) => unit.state === "live");
    const shown = live.filter((unit) => unit.globalMode === wanted).length;
    if (!grid.pending && shown === live.length) return "";
    return `${words.t("pending.mode", { mode: modeName(wanted, words) })}: ${words.t("pending.of", { n: shown, of: live.length })}`;
  }

  function countdown(model, grid) {
    if ((grid.pending ?? grid.mode) !== "heteronomous") return "";
    if (!model.dealsKnown) return words.t("now.deals.unknown");
    return isDrained(model) ? words.t("pending.drained") : words.t("pending.deals", { n: model.deals.length });
  }

  return { render, following: () => plan !== null };
}

/** Whether a mode that was seen in effect is no longer the one in force. */
function outdated(said, now) {
  const wanted = said?.kind === "done" ? said.command?.wanted?.mode : null;
  return Boolean(wanted && now && wanted !== now);
}

const LABELS = Object.freeze({ autonomous: "Run", heteronomous: "Soft Stop", stop: "Force Stop", manual: "Manual" }); // as the events name them
const WIRE = Object.freeze({ active: "autonomous", quiet: "heteronomous" });
