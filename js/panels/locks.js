// Locks for maintenance (lockout/tagout): set with a name and a reason, taken off by that name; shown beside what they lock.

import { figure } from "../lib/figures.js";
import { lockNeeds } from "../lib/needs.js";
import { isPermitted, isReadOnly, lockOf } from "../lib/permits.js";
import { lockedBus, needSentence } from "../lib/sentences.js";
import { createSigned } from "../widgets/signed.js";
import { setProperty, setText, showNeed } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createLocks({ words, orders, state, readNow }) {
  const find = (id) => document.getElementById(id);
  const reason = find("lock-reason");
  const note = find("cluster-lock-note");
  const question = createSigned({ orders, readNow }, "lock");
  let scope = null;
  let taking = false;

  $("#cluster-lock").on("click", () => open(null));
  state.subscribe(({ opened }, changed) => {
    if (changed.has("opened") && opened?.what === "lock") open(opened.unitId);
  });

  function open(unitId) {
    scope = unitId;
    const lock = lockOf(state.get(), unitId ?? "");
    taking = lock !== null;
    setProperty(find("lock-latched"), "hidden", !taking); // while the E-stop is latched locks are set, not taken off
    const { visitor } = state.get();
    const others = taking && visitor !== null && visitor.name !== lock.name; // somebody else's: an engineer takes it off for a reason
    setProperty(find("lock-reason-row"), "hidden", taking && !others);
    reason.required = !taking || others;
    setText(find("lock-set"), words.t(taking ? "lock.off" : "lock.set"));
    renderNeeds();
    renderBus();
    question.open({
      title: words.t(taking ? "lock.title.off" : "lock.title", { scope: unitId ?? words.t("lock.cluster") }),
      did: taking ? words.t("lock.note.off", told(lock)) : noteNow(),
      spot: unitId === null ? "cluster:lock" : `card:${unitId}:lock`,
      order: taking ? "clearLock" : "setLock",
      unitId,
      call: taking
        ? (order, { name, reason: why }) => order.clearLock({ unitId, name, reason: others ? why : null })
        : (order, signed) => order.setLock({ unitId, ...signed }),
    });
  }

  function noteNow() {
    return words.t(endsSharing() ? "lock.note.sharing" : "lock.note");
  }

  /** Whether this lock would end the guided sharing that runs. */
  function endsSharing() {
    const share = state.get().status?.share ?? null;
    return share?.state === "running" && (scope === null || scope === share.from || scope === share.to);
  }

  /** A lock that would be refused now is not offered, and says what it waits for. */
  function renderNeeds() {
    const needs = taking ? null : lockNeeds(state.get(), scope);
    setProperty(find("lock-set"), "disabled", needs !== null);
    showNeed(find("lock-needs"), needSentence(needs, words));
  }

  /** What a lock does not do stands beside what it does (S29). */
  function renderBus() {
    setProperty(find("lock-bus"), "hidden", taking);
    setText(find("lock-bus"), taking ? "" : `▲ ${busNow()}`);
  }

  function busNow() {
    const { byId, bus } = state.get().model;
    if (scope !== null) return lockedBus(byId.get(scope), scope, words);
    return `${words.t("now.bus", { v: figure(bus.voltage, 1) })}. ${words.t("lock.isolate")}`;
  }

  function told(lock) {
    return { name: lock.name, reason: lock.reason || words.t("lock.noreason"), since: words.time(lock.since) };
  }

  function render() {
    if (question.isOpen()) {
      if (!taking) setText(find("lock-did"), noteNow());
      renderNeeds();
      renderBus();
    }
    question.render();
    const lock = lockOf(state.get(), "");
    setProperty(note, "hidden", lock === null);
    setText(note, lock === null ? "" : `${words.t("lock.by", told(lock))} ${words.t("lock.isolate")}`);
    setProperty(find("cluster-lock"), "disabled", isReadOnly(state.get()) || state.get().past !== null || !isPermitted(state.get()));
  }

  return { render };
}
