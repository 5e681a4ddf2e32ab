// The guided procedure "share 2 A from E001 to E003": its dialog, its steps as they go, and its safe end.

import { limitsOf } from "../lib/converter.js";
import { exactly, readNumber } from "../lib/numbers.js";
import { wordOf } from "../lib/reading.js";
import { liveNow } from "../lib/sentences.js";
import { isolated, told as toldBy, visible } from "../lib/wire.js";
import { createHold } from "./hold.js";
import { keyed, make, setAttribute, setOutcome, setProperty, setText, showMeaning } from "./text.js";

const $ = globalThis.jQuery;
const LEAST = 0.1; // A

export function createShare(page) {
  const { words, orders } = page;
  const find = (id) => document.getElementById(id);
  const dialog = find("share-dialog");
  const [from, to, current] = ["share-from", "share-to", "share-current"].map(find);
  const steps = find("share-steps");
  const end = find("share-end");
  const hold = createHold(dialog, () => [find("share-start")]);

  $("#open-share").on("click", () => {
    fill(page.model());
    dialog.showModal();
    hold.arm();
    render(page.model());
  });
  $("#share-form").on("submit", (event) => {
    event.preventDefault();
    start();
  });
  $("#share-form").on("input change", () => showMeans(page.model()));
  $(end).on("click", () => orders.give({ spot: "share", order: "endShare", call: (order) => order.endShare() }));

  function fill(model) {
    const ids = model.units.filter(({ state }) => state === "live").map(({ id }) => id);
    for (const [field, wanted] of [[from, ids[0]], [to, ids[1]]]) {
      const kept = ids.includes(field.value) ? field.value : wanted;
      $(field).empty().append(ids.map((id) => make("option", visible(id), { value: id, dir: "auto" })));
      if (kept) field.value = kept;
    }
  }

  /** {wanted} as entered, or {problem}: a sentence. */
  function entered(model) {
    if (from.value === to.value) return { problem: words.t("share.same") };
    const amperes = readNumber(current.value);
    const volts = page.bus.read();
    const limits = limitsOf(model.status);
    if (amperes.problem && amperes.problem !== "empty") {
      return { problem: words.t(`number.${amperes.problem}`, { field: words.t("share.current"), text: current.value.trim() }), field: current };
    }
    if (!(amperes.value >= LEAST && amperes.value <= limits.current)) return { problem: words.t("share.range", { min: LEAST, max: limits.current }), field: current };
    if (volts.problem) return { problem: volts.sentence ?? words.t("share.novoltage") };
    if (volts.value < limits.min || volts.value > limits.max) return { problem: words.t("converter.bus", limits) };
    return { wanted: { from: from.value, to: to.value, current: amperes.value, voltage: volts.value } };
  }

  /** Beside the field, in words, what Start would send. */
  function showMeans(model) {
    const { wanted, problem, field } = entered(model);
    showMeaning(find("share-means"), current, problem ?? words.t("converter.means", { what: words.t("share.means", textsOf(wanted)) }), field !== current);
    setAttribute(find("share-means"), "data-level", problem ? "warn" : null);
  }

  function textsOf(wanted) {
    return { ...wanted, current: exactly(wanted.current), voltage: exactly(wanted.voltage, 1) };
  }

  async function start() {
    const { wanted, problem, field } = entered(page.model());
    if (problem) {
      orders.say("share", problem);
      field?.focus();
      return;
    }
    const values = textsOf(wanted);
    const { answer, moment } = await page.ask({
      title: words.t("share.ask", values), lead: words.t("share.lead", values), facts: () => liveNow(page.model(), words), yes: words.t("share.yes"),
    });
    if (answer === "yes") orders.give({ spot: "share", order: "share", wanted, moment, call: (order) => order.share(wanted) });
  }

  function render(model) {
    const running = runningOf(model.status);
    setProperty(find("open-share"), "disabled", !page.orderable() && !running);
    if (!dialog.open) return;
    showMeans(model);
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
    const head = words.t("share.running", { current: exactly(told.current, 1), from: told.from, to: told.to });
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
