// Locks for maintenance (lockout/tagout): set with a name and a reason, taken off by that name; shown beside what they lock.

import { figure } from "../lib/figures.js";
import { timeOfDay } from "../lib/moments.js";
import { lockedBus } from "../lib/sentences.js";
import { createHold } from "./hold.js";
import { setOutcome, setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;

export function createLocks(page) {
  const { words, orders } = page;
  const find = (id) => document.getElementById(id);
  const dialog = find("lock-dialog");
  const name = find("lock-name");
  const reason = find("lock-reason");
  const note = find("cluster-lock-note");
  const hold = createHold(dialog, () => [find("lock-set")]);
  let scope = null;
  let taking = false;
  let moment = null; // when the dialog was opened, or has told of a refusal

  $("#cluster-lock").on("click", () => open(null));
  $("#lock-form").on("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $(dialog).on("click", "button[value=cancel]", () => dialog.close()); // no submit button, or Enter in a field would press it

  function open(unitId) {
    scope = unitId;
    const lock = page.lockOf(unitId ?? "");
    taking = lock !== null;
    const scopeName = unitId ?? words.t("lock.cluster");
    setText(find("lock-title"), words.t(taking ? "lock.title.off" : "lock.title", { scope: scopeName }));
    setText(find("lock-note"), taking ? words.t("lock.note.off", told(lock)) : words.t("lock.note"));
    setProperty(find("lock-latched"), "hidden", !taking); // while the E-stop is latched locks are set, not taken off
    setProperty(find("lock-reason-row"), "hidden", taking);
    reason.required = !taking;
    reason.value = "";
    setText(find("lock-set"), words.t(taking ? "lock.off" : "lock.set"));
    setOutcome(find("lock-outcome"), null);
    moment = orders.moment();
    renderBus();
    dialog.showModal();
    hold.arm();
    name.focus();
  }

  async function submit() {
    const unitId = scope;
    const values = { unitId, name: name.value.trim() };
    const spot = unitId === null ? "cluster:lock" : `card:${unitId}:lock`;
    const call = (order) => (taking ? order.clearLock(values) : order.setLock({ ...values, reason: reason.value.trim() }));
    const answer = await orders.give({ spot, order: taking ? "clearLock" : "setLock", unitId, wanted: { name: values.name }, moment, call });
    moment = orders.moment();
    page.readNow();
    if (answer.ok) dialog.close();
    else setOutcome(find("lock-outcome"), { kind: "bad", text: orders.at(spot)?.text ?? "" });
  }

  /** What a lock does not do stands beside what it does (S29). */
  function renderBus() {
    setProperty(find("lock-bus"), "hidden", taking);
    setText(find("lock-bus"), taking ? "" : `▲ ${busNow()}`);
  }

  function busNow() {
    const { byId, bus } = page.model();
    if (scope !== null) return lockedBus(byId.get(scope), scope, words);
    return `${words.t("now.bus", { v: figure(bus.voltage, 1) })}. ${words.t("lock.isolate")}`;
  }

  function told(lock) {
    return { name: lock.name, reason: lock.reason || words.t("lock.noreason"), since: timeOfDay(lock.since, { language: words.language }) };
  }

  function render() {
    if (dialog.open) renderBus();
    const lock = page.lockOf("");
    setProperty(note, "hidden", lock === null);
    setText(note, lock === null ? "" : `${words.t("lock.by", told(lock))} ${words.t("lock.isolate")}`);
    setProperty(find("cluster-lock"), "disabled", page.readOnly());
  }

  return { render, open };
}
