// The guided procedure "share 2 A from E001 to E003": its dialog, its steps as they go, and its safe end.

import { figure } from "../lib/figures.js";
import { liveNow, standing } from "../lib/sentences.js";
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
      $(field).empty().append(ids.map((id) => make("option", id, { value: id })));
      if (kept) field.value = kept;
    }
    current.max = String(model.status?.limits?.maxgridcurrent ?? "");
  }

  async function start() {
    if (from.value === to.value) {
      orders.say("share", words.t("share.same"));
      return;
    }
    const wanted = { from: from.value, to: to.value, current: current.valueAsNumber };
    const values = { ...wanted, current: figure(wanted.current, 1) };
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
    setOutcome(find("share-outcome"), said ?? (running ? { kind: running.active ? "wait" : "done", text: running.text } : { kind: "done", text: words.t("share.none") }));
  }

  /** The procedure under way, from the status' own entry, else from the open order. */
  function runningOf(status) {
    const command = (status?.orders ?? []).find(({ order }) => order === "share") ?? null;
    const told = status?.share ?? null;
    if (!told && !command) return null;
    const wanted = { ...(command?.wanted ?? {}), ...(told ?? {}) };
    const steps = told?.steps ?? command?.progress?.steps ?? [];
    const active = command !== null || (told !== null && !OVER.has(String(told.state)));
    const head = wanted.from ? words.t("share.running", { current: figure(Number(wanted.current), 1), from: wanted.from, to: wanted.to }) : words.t("order.share");
    const now = told?.sentence ?? told?.step ?? (command ? standing(command, words) : told?.state) ?? "";
    return { active, steps, text: [head, now, told?.error].filter(Boolean).join(" · ") };
  }

  function stepsOf(running) {
    return (Array.isArray(running?.steps) ? running.steps : []).map((step, index) => (typeof step === "string"
      ? { index, text: step, state: "" }
      : { index, text: [step.text ?? step.name ?? step.step ?? "", step.error ?? step.detail ?? ""].filter(Boolean).join(": "), state: step.state ?? (step.done ? "done" : "") }));
  }

  return { render };
}

const OVER = new Set(["ended", "failed", "done", "verified", "cancelled", "timedOut"]);
