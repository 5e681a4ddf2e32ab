// Schedules: the dialog that sets one (G5, N7, Z13), the list of all with clear (Z11), and the cluster's own line (G4, G7).

import { duration } from "../lib/durations.js";
import { fieldValue, prefill, scheduleValue, zoneName } from "../lib/moments.js";
import { nextSchedule } from "../lib/next_schedule.js";
import { dueText, scheduleText } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { createHold, isHasty, noteWhat } from "./hold.js";
import { make, setAttribute, setOutcome, setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;

export function createSchedules(page) {
  const { words, orders, state } = page;
  const find = (id) => document.getElementById(id);
  const dialog = find("schedule-dialog");
  const when = find("schedule-when");
  const operation = find("schedule-operation");
  const left = find("schedule-left");
  const list = find("schedules-dialog");
  const rows = find("schedules-rows");
  const globalLine = find("global-schedule");
  const globalClear = find("schedule-clear");
  const hold = createHold(dialog, () => [find("schedule-dialog-set")]);
  const listHold = createHold(list, () => [...rows.querySelectorAll("[data-act=clear]")]);
  let scope = null; // the unit's id, or null for the cluster
  let shownRows = "";
  let listed = ""; // the schedules in the list, whose buttons change places when one goes
  let moment = null; // when the dialog was opened, or has told of a refusal

  $("#schedule-set").on("click", () => open(null));
  $(globalClear).on("click", (event) => clearShown(null, globalClear, event.originalEvent));
  $("#open-schedules").on("click", () => {
    list.showModal();
    renderList(page.model());
    listHold.arm();
  });
  $(when).on("input", renderLeft);
  $(operation).on("change", renderTitle);
  $("#schedule-form").on("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $(dialog).on("click", "button[value=cancel]", () => dialog.close()); // no submit button, or Enter in a field would press it
  $(rows).on("click", "[data-act=clear]", ({ currentTarget }) => clear(currentTarget.dataset.unit || null, currentTarget.dataset.operation, { spot: "schedules" }));

  function open(unitId) {
    scope = unitId;
    const now = new Date();
    operation.value = "softStop";
    renderTitle();
    when.value = fieldValue(prefill(now));
    when.min = fieldValue(now);
    setOutcome(find("schedule-dialog-outcome"), null);
    renderLeft();
    moment = orders.moment();
    dialog.showModal();
    hold.arm();
    when.focus();
  }

  /** "Global Soft Stop Schedule" as in the figures, and so for what else is chosen. */
  function renderTitle() {
    const values = { id: scope ?? "", operation: words.t(`operation.${operation.value}`) };
    setText(find("schedule-dialog-title"), words.t(scope === null ? "schedule.global" : "schedule.unit", values));
  }

  function renderLeft() {
    const read = scheduleValue(when.value, new Date());
    setText(find("schedule-zone"), zoneName(read.date, undefined, words.language));
    setText(left, read.date ? words.t("schedule.left", { time: duration((read.date - new Date()) / 1000, words.units) }) : words.t(`schedule.${read.problem}`));
  }

  async function submit() {
    const read = scheduleValue(when.value, new Date());
    const outcome = find("schedule-dialog-outcome");
    if (read.problem) {
      setOutcome(outcome, { kind: "bad", text: words.t(`schedule.${read.problem}`) });
      when.focus();
      return;
    }
    setOutcome(outcome, { kind: "wait", text: words.t("outcome.sending") });
    const wanted = { operation: operation.value, unitId: scope, value: read.iso };
    const answer = await orders.give({ spot: spotOf(scope), order: "setSchedule", unitId: scope, wanted, moment, call: (order) => order.setSchedule(wanted) });
    moment = orders.moment();
    page.readNow();
    if (answer.ok) dialog.close();
    else setOutcome(outcome, { kind: "bad", text: orders.at(spotOf(scope))?.text ?? "" });
  }

  /** Clears what a scope's line shows, unless it has only just come to show it. */
  function clearShown(unitId, button, event) {
    if (!isHasty(button, event)) clear(unitId, button.dataset.operation);
  }

  async function clear(unitId, what, { spot = spotOf(unitId) } = {}) {
    await orders.give({
      spot, order: "clearSchedule", unitId, wanted: { operation: what }, call: (order) => order.setSchedule({ operation: what, unitId }),
    });
    page.readNow();
  }

  function render(model) {
    renderLine("", globalLine, globalClear);
    setProperty(find("schedule-set"), "disabled", !page.orderable());
    setOutcome(find("schedule-outcome"), orders.at("schedule"));
    if (dialog.open) renderLeft();
    if (list.open) renderList(model);
  }

  /** The line of a scope, "" for the cluster, and its Clear, which clears what the line shows. */
  function renderLine(unitId, line, button) {
    const schedule = next(unitId);
    setText(line, schedule ? scheduleText(schedule, words) : "--");
    setAttribute(button, "data-operation", schedule?.what ?? null);
    noteWhat(button, schedule?.what ?? null);
    setProperty(button, "disabled", schedule === null || !page.orderable());
  }

  function next(unitId) {
    const { set = null, failed: told = [] } = state.get().status?.schedules ?? {};
    const failed = told.filter((entry) => (entry?.unitId ?? "") === unitId).map((entry) => entry.operation);
    return set && Object.hasOwn(set, unitId) ? nextSchedule(set[unitId], failed) : null;
  }

  function renderList(model) {
    const entries = Object.entries(model.status?.schedules?.set ?? {}).flatMap(([unitId, set]) => Object.entries(set ?? {})
      .map(([what, due]) => ({ unitId, what, due, state: stateOf(model.status?.schedules, unitId, what) })));
    const shown = JSON.stringify([entries, words.language, Math.floor(Date.now() / 1000)]);
    if (shown === shownRows) return;
    shownRows = shown;
    const focused = document.activeElement?.closest?.("#schedules-rows [data-act]");
    const had = focused ? `[data-unit="${CSS.escape(focused.dataset.unit)}"][data-operation="${CSS.escape(focused.dataset.operation)}"]` : null;
    $(rows).empty().append(entries.sort((one, other) => String(one.due).localeCompare(String(other.due))).map(rowOf));
    const now = JSON.stringify(entries.map(({ unitId, what }) => [unitId, what]));
    if (now !== listed) listHold.again();
    listed = now;
    listHold.show();
    if (had) rows.querySelector(had)?.focus();
    const unreadable = (model.status?.schedules?.unreadable ?? []).map((file) => (typeof file === "string" ? file : file.name ?? file.file ?? JSON.stringify(file)));
    const notes = [entries.length === 0 ? words.t("schedules.none") : "", unreadable.length > 0 ? words.t("schedules.unreadable", { files: unreadable.map(isolated).join(words.t("list.and")) }) : ""];
    setText(find("schedules-note"), notes.filter(Boolean).join(" "));
    setOutcome(find("schedules-outcome"), orders.at("schedules"));
  }

  function rowOf({ unitId, what, due, state: standing }) {
    const { at, left: time } = dueText(due, words);
    const row = make("tr");
    const scopeName = unitId === "" ? words.t("schedules.cluster") : isolated(unitId);
    const button = make("button", words.t("clear"), { type: "button", "data-act": "clear", "data-unit": unitId, "data-operation": what, "aria-label": `${words.t("clear")} ${scopeName} ${words.t(`operation.${what}`)}` });
    const last = make("td");
    last.append(button);
    row.append(make("td", scopeName), make("td", words.t(`operation.${what}`)), make("td", at, { class: "time" }), make("td", standing ?? time, { "data-level": standing ? "warn" : null }), last);
    return row;
  }

  function stateOf(told, unitId, what) {
    const same = (entry) => (entry?.unitId ?? "") === unitId && entry?.operation === what;
    const failed = (told?.failed ?? []).find(same);
    if (failed) return `${words.t("schedules.failed")}${failed.sentence ? `: ${words.said(failed.sentence)}` : ""}`;
    const waits = (told?.waiting ?? []).find(same);
    return waits ? `${words.t("schedules.waits")}${waits.sentence ? `: ${words.said(waits.sentence)}` : ""}` : null;
  }

  return { render, renderLine, open, clearShown };
}

function spotOf(unitId) {
  return unitId === null ? "schedule" : `card:${unitId}:schedule`;
}
