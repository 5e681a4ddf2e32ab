// The guided procedure "share 2 A from E001 to E003": its dialog, its steps as they go, and its safe end.

import { figure, finite } from "../lib/figures.js";
import { wordOf } from "../lib/reading.js";
import { liveNow } from "../lib/sentences.js";
import { isolated, told as toldBy, visible } from "../lib/wire.js";
import { keyed, make, setAttribute, setOutcome, setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;

export function createShare(page) {
  const { words, orders, api } = page;
  const find = (id) => document.getElementById(id);
  const dialog = find("share-dialog");
  const [from, to, current] = ["share-from", "share-to", "share-current"].map(find);
  const steps = find("share-steps");
  const end = find("share-end");

  $("#open-share").on("click", () => {
    fill(page.model());
    dialog.showModal();
    render(page.model());
  });
  $("#share-form").on("submit", (event) => {
    event.preventDefault();
    start();
  });
  $(end).on("click", () => orders.give({ spot: "share", order: "endShare", call: api.endShare }));

  function fill(model) {
    const ids = model.units.filter(({ state }) => state === "live").map(({ id }) => id);
    for (const [field, wanted] of [[from, ids[0]], [to, ids[1]]]) {
      const kept = ids.includes(field.value) ? field.value : wanted;
      $(field).empty().append(ids.map((id) => make("option", visible(id), { value: id, dir: "auto" })));
      if (kept) field.value = kept;
    }
    current.max = String(model.status?.limits?.maxgridcurrent ?? "");
  }

  async function start() {
    if (from.value === to.value) {
      orders.say("share", words.t("share.same"));
      return;
    }
    const wanted = { from: from.value, to: to.value, current: current.valueAsNumber, voltage: page.busVoltage() };
    if (finite(wanted.voltage) === null) {
      orders.say("share", words.t("share.novoltage"));
      return;
    }
    const values = { ...wanted, current: figure(wanted.current, 1), voltage: figure(wanted.voltage, 1) };
    const { answer } = await page.ask({
      title: words.t("share.ask", values), lead: words.t("share.lead", values), facts: () => liveNow(page.model(), words), yes: words.t("share.yes"),
    });
    if (answer === "yes") orders.give({ spot: "share", order: "share", wanted, call: () => api.share(wanted) });
  }

  function render(model) {
    const running = runningOf(model.status);
    setProperty(find("open-share"), "disabled", !page.orderable() && !running);
    if (!dialog.open) return;
    setProperty(end, "hidden", !running?.active);
    setProperty(find("share-start"), "disabled", Boolean(running?.active) || !page.orderable());
    keyed(steps, stepsOf(running), (step) => String(step.index), () => make("li"), (line, step) => {
      setText(line, step.text);
      setAttribute(line, "data-state", step.state);
    });
    const said = orders.at("share");
    const told = running?.reason && said?.text.includes(toldBy(running.reason)); // the line above says it already
    setOutcome(find("share-outcome"), said?.kind === "bad" && !told ? said : null);
    setText(find("share-now"), running ? running.text : words.t("share.none"));
    setAttribute(find("share-now"), "data-kind", running ? running.kind : null);
  }

  /** The procedure that runs or ran last, from the status: {active, steps, failed, reason, kind, text}; null for none. */
  function runningOf(status) {
    const told = status?.share ?? null;
    if (told === null) return null;
    const active = told.state === "running" || told.state === "interrupted";
    const head = words.t("share.running", { current: figure(told.current, 1), from: told.from, to: told.to });
    const state = words.t(`share.state.${told.state}`);
    return { active, steps: Array.isArray(told.steps) ? told.steps : [], failed: told.state === "failed", reason: told.reason ?? null, kind: KINDS[told.state] ?? "bad", text: [head, state, toldBy(told.reason ?? ""), unitsOf(told.units)].filter(Boolean).join(" · ") };
  }

  /** What is known of the two converters: "E001: voltage reference, E003: Wait"; more than one word where it is not sure. */
  function unitsOf(units) {
    return Object.entries(units ?? {}).map(([id, unit]) => {
      const told = Array.isArray(unit?.words) && unit.words.length > 0 ? unit.words : ["--"];
      return `${isolated(id)}: ${told.map((word) => (wordOf(word) ? words.t(`word.${wordOf(word)}`) : isolated(word))).join(" / ")}`;
    }).join(words.t("list.and"));
  }

  /** The step that gave the reason for the safe end is the one that failed, though it is over as well. */
  function stepsOf(running) {
    const broke = (sentence) => running.failed && running.reason !== null && sentence === running.reason;
    return (running?.steps ?? []).map(({ step, state, sentence }, index) => ({
      index, state: broke(sentence) ? "failed" : state ?? "", text: [words.t(`share.step.${step}`), toldBy(sentence ?? "")].filter(Boolean).join(": "),
    }));
  }

  return { render };
}

const KINDS = Object.freeze({ running: "wait", ended: "done", cancelled: "done" });
