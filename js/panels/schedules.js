// Schedules: the dialog that sets one (G5, N7, Z13), the list of all with clear (Z11), and the cluster's own line (G4, G7).

import { duration } from "../lib/durations.js";
import { proposal, scheduleValue } from "../lib/enteredTimes.js";
import { mayOrder } from "../lib/permits.js";
import { dueText, namedOutcome } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { createHold } from "../widgets/hold.js";
import { clearSchedule, createScheduleLine, scheduleSpot } from "../widgets/scheduleLine.js";
import { make, setOutcome, setProperty, setText } from "../widgets/text.js";
import { createTimeField } from "../widgets/timeField.js";

const $ = globalThis.jQuery;

export function createSchedules({ words, orders, state, readNow }) {
  const find = (id) => document.getElementById(id);
  const dialog = find("schedule-dialog");
  const when = createTimeField({
    words,
    id: "schedule-when",
    likely: (choices) =>
      Math.max(
        0,
        choices.findIndex((at) => at > words.now()),
      ),
  });
  const operation = find("schedule-operation");
  const left = find("schedule-left");
  const list = find("schedules-dialog");
  const rows = find("schedules-rows");
  const globalClear = find("schedule-clear");
  const line = createScheduleLine({ words, orders, state, readNow }, null, find("global-schedule"), globalClear);
  const hold = createHold(dialog, () => [find("schedule-dialog-set")]);
  const listHold = createHold(list, () => [...rows.querySelectorAll("[data-act=clear]")]);
  let scope = null; // the unit's id, or null for the cluster
  let shownRows = "";
  let listed = ""; // the schedules in the list, whose buttons change places when one goes
  let proposed = null; // what the dialog proposed, {field, pick}
  let moment = null; // when the dialog was opened, or has told of a refusal

  $("#schedule-set").on("click", () => open(null));
  $(globalClear).on("click", ({ originalEvent }) => line.clear(originalEvent));
  $("#open-schedules").on("click", () => {
    list.showModal();
    renderList(state.get().model);
    listHold.arm();
  });
  $([when.input, when.which]).on("input", renderLeft);
  $(operation).on("change", renderTitle);
  $("#schedule-form").on("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $(dialog).on("click", "button[value=cancel]", () => dialog.close()); // no submit button, or Enter in a field would press it
  $(rows).on("click", "[data-act=clear]", ({ currentTarget }) =>
    clearSchedule({ orders, readNow }, currentTarget.dataset.unit || null, currentTarget.dataset.operation, "schedules"),
  );
  state.subscribe(({ opened }, changed) => {
    if (changed.has("opened") && opened?.what === "schedule") open(opened.unitId);
  });

  function open(unitId) {
    scope = unitId;
    operation.value = "softStop";
    renderTitle();
    propose();
    setOutcome(find("schedule-dialog-outcome"), null);
    moment = orders.moment();
    dialog.showModal();
    hold.arm();
    when.input.focus();
  }

  function propose() {
    proposed = proposal(words.now(), words.zone);
    when.set(proposed);
    renderLeft();
  }

  function isProposed() {
    return when.input.value === proposed?.field && when.pick() === proposed.pick;
  }

  function entered() {
    return scheduleValue(when.input.value, { zone: words.zone, now: words.now(), pick: when.pick() });
  }

  /** "Global Soft Stop Schedule" as in the figures, and so for what else is chosen. */
  function renderTitle() {
    const values = { id: scope ?? "", operation: words.t(`operation.${operation.value}`) };
    setText(find("schedule-dialog-title"), words.t(scope === null ? "schedule.global" : "schedule.unit", values));
  }

  function renderLeft() {
    when.render();
    const { date, problem } = entered();
    setText(left, problem ? problemText(problem) : words.t("schedule.left", { time: duration((date - words.now()) / 1000, words.units) }));
  }

  function problemText(problem) {
    return words.t(`schedule.${problem}`, { name: words.zone });
  }

  async function submit() {
    const read = entered();
    const outcome = find("schedule-dialog-outcome");
    if (read.problem) {
      refuse(outcome, read.problem);
      return;
    }
    setOutcome(outcome, { kind: "wait", text: words.t("outcome.sending") });
    const wanted = { operation: operation.value, unitId: scope, value: read.iso };
    const answer = await orders.give({
      spot: scheduleSpot(scope),
      order: "setSchedule",
      unitId: scope,
      wanted,
      moment,
      call: (order) => order.setSchedule(wanted),
    });
    moment = orders.moment();
    readNow();
    if (answer.ok) dialog.close();
    else setOutcome(outcome, { kind: "bad", text: orders.at(scheduleSpot(scope))?.text ?? "" });
  }

  /** A proposal that nobody has touched is past only because the dialog stood open: another takes its place. */
  function refuse(outcome, problem) {
    const outdated = problem === "past" && isProposed();
    if (outdated) {
      propose();
      hold.again(); // it asks something else now
    }
    setOutcome(outcome, { kind: "bad", text: outdated ? words.t("schedule.anew", { time: words.both(when.read().date) }) : problemText(problem) });
    when.input.focus();
  }

  function render(model) {
    line.render();
    setProperty(find("schedule-set"), "disabled", !mayOrder(state.get()));
    setOutcome(find("schedule-outcome"), namedOutcome(orders.shown("schedule"), words));
    if (dialog.open) renderLeft();
    if (list.open) renderList(model);
  }

  function renderList(model) {
    const entries = Object.entries(model.status?.schedules?.set ?? {}).flatMap(([unitId, set]) =>
      Object.entries(set ?? {}).map(([what, due]) => ({ unitId, what, due, state: stateOf(model.status?.schedules, unitId, what) })),
    );
    const shown = JSON.stringify([entries, words.language, words.zone, Math.floor(words.now() / 1000)]);
    if (shown === shownRows) return;
    shownRows = shown;
    const focused = document.activeElement?.closest?.("#schedules-rows [data-act]");
    const had = focused ? `[data-unit="${CSS.escape(focused.dataset.unit)}"][data-operation="${CSS.escape(focused.dataset.operation)}"]` : null;
    $(rows)
      .empty()
      .append(entries.sort((one, other) => String(one.due).localeCompare(String(other.due))).map(rowOf));
    const now = JSON.stringify(entries.map(({ unitId, what }) => [unitId, what]));
    if (now !== listed) listHold.again();
    listed = now;
    listHold.show();
    if (had) rows.querySelector(had)?.focus();
    const unreadable = (model.status?.schedules?.unreadable ?? []).map((file) =>
      typeof file === "string" ? file : (file.name ?? file.file ?? JSON.stringify(file)),
    );
    const notes = [
      entries.length === 0 ? words.t("schedules.none") : "",
      unreadable.length > 0 ? words.t("schedules.unreadable", { files: unreadable.map(isolated).join(words.t("list.and")) }) : "",
    ];
    setText(find("schedules-note"), notes.filter(Boolean).join(" "));
    setOutcome(find("schedules-outcome"), namedOutcome(orders.shown("schedules"), words));
  }

  function rowOf({ unitId, what, due, state: standing }) {
    const { at, left: time } = dueText(due, words);
    const row = make("tr");
    const scopeName = unitId === "" ? words.t("schedules.cluster") : isolated(unitId);
    const button = make("button", words.t("clear"), {
      type: "button",
      "data-act": "clear",
      "data-unit": unitId,
      "data-operation": what,
      "aria-label": `${words.t("clear")} ${scopeName} ${words.t(`operation.${what}`)}`,
    });
    const last = make("td");
    last.append(button);
    row.append(
      make("td", scopeName, { translate: "no" }),
      make("td", words.t(`operation.${what}`), { translate: "no" }),
      make("td", at, { class: "time", translate: "no", title: words.beside(due) || null }),
      make("td", standing ?? time, { "data-level": standing ? "warn" : null, translate: "no" }), // built anew with every second
      last,
    );
    return row;
  }

  function stateOf(told, unitId, what) {
    const same = (entry) => (entry?.unitId ?? "") === unitId && entry?.operation === what;
    const failed = (told?.failed ?? []).find(same);
    if (failed) return `${words.t("schedules.failed")}${failed.sentence ? `: ${words.said(failed.sentence)}` : ""}`;
    const waits = (told?.waiting ?? []).find(same);
    return waits ? `${words.t("schedules.waits")}${waits.sentence ? `: ${words.said(waits.sentence)}` : ""}` : null;
  }

  return { render };
}
