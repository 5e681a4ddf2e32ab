// What a control waits for, told before it is pressed (Z8): the words' key and values of its reason (sentences.js says it), null where nothing is known to keep it. Pure.
// The controller decides all the same: where the page is not sure that it would refuse, the control stays open. What stops has no need.

import { latchOf } from "./estop.js";
import { isPermitted, isReadOnly, lockOf } from "./permits.js";

/** What keeps every order but stopping: no status yet, no answer, read-only, the role of whoever is logged in. */
export function orderNeeds({ status, alive, visitor = null, past = null }, permission = "operate") {
  if (past !== null) return need(past.recording ? "needs.recording" : "needs.past");
  if (status === null) return need("needs.status");
  if (!alive) return need("needs.controller");
  if (isReadOnly({ status })) return need("needs.readonly");
  return isPermitted({ visitor }, permission) ? null : need(`needs.role.${permission}`);
}

/** What Shut Down waits for: of one unit, or of all for null. */
export function shutDownNeeds(now, unitId = null) {
  const general = orderNeeds(now, "engineer");
  if (general) return general;
  if (latchOf(now.status) !== null) return need("estop.shutdown");
  const { mode, pending } = now.status.grid ?? {};
  if (unitId === null && mode !== "manual") return need("needs.shutdown.manual", { mode });
  if (unitId === null && pending) return need("needs.pending", { mode: pending });
  const scope = scopeOf(now.model, unitId);
  return (
    among(scope, notManual, unitId === null ? "needs.shutdown.manual.at" : "needs.shutdown.manual.unit") ??
    among(scope, notLive, "needs.live") ??
    among(scope, atWork, "needs.wait")
  );
}

/** What Run waits for, of the cluster, once it is chosen; the latch has its own line. */
export function modeNeeds(now, wanted) {
  if (wanted !== "autonomous") return null;
  const general = orderNeeds(now);
  if (general) return general;
  const { status } = now;
  if (latchOf(status) !== null) return null;
  if (status.share?.state === "running") return need("needs.sharing.runs");
  const lock = lockOf(now, "");
  return lock ? need("needs.lock.cluster", { name: lock.name }) : null;
}

/** What a guided sharing between two units waits for; of each unit where it is empty nothing is asked. */
export function sharingNeeds(now, from, to) {
  const general = orderNeeds(now, "engineer");
  if (general) return general;
  const { status, model } = now;
  const { mode, pending } = status.grid ?? {};
  if (latchOf(status) !== null) return need("estop.refused");
  if (status.share?.state === "running") return need("needs.sharing.runs");
  if (status.share?.state === "interrupted") return need("needs.sharing.interrupted");
  if (pending) return need("needs.pending", { mode: pending });
  const both = [from, to].map((id) => model.byId.get(id)).filter(Boolean);
  if (mode && mode !== "manual" && !(both.length === 2 && both.every(inManual))) return need("needs.manual", { mode });
  for (const scope of ["", from, to]) {
    const lock = lockOf(now, scope);
    if (lock) return need(scope === "" ? "needs.lock.cluster" : "needs.lock", { id: scope, name: lock.name });
  }
  const others = model.units.filter((unit) => !both.includes(unit));
  return (
    (model.counts.live < 2 ? need("needs.two") : null) ??
    among(both, notLive, "needs.live") ??
    among(both, notManual, "needs.manual.at") ??
    among(both, ({ conflict }) => conflict !== null, "needs.identity") ??
    among(both, ({ alarm }) => alarm, "needs.alarm") ??
    among(both, atWork, "needs.wait") ??
    among(others, (unit) => unit.state === "live" && atWork(unit), "needs.alone")
  );
}

/** What a lock waits for: a unit's is set once its stop is seen, the cluster's at any time. */
export function lockNeeds({ model }, unitId) {
  const unit = model.byId.get(unitId);
  if (unitId === null || !unit) return null;
  const scope = [unit];
  return among(scope, notLive, "needs.live") ?? among(scope, ({ localMode }) => localMode !== "stop", "needs.lock.stop") ?? among(scope, atWork, "needs.wait");
}

function need(key, values = {}) {
  return { key, values };
}

function among(units, test, key) {
  const found = units.filter(test).map(({ id }) => id);
  return found.length === 0 ? null : need(key, { units: found });
}

function scopeOf(model, unitId) {
  return unitId === null ? model.units : model.units.filter(({ id }) => id === unitId);
}

function notLive({ state }) {
  return state !== "live";
}

/** Whether it says that another mode is in force; one that tells none may be in any. */
function notManual({ effective }) {
  return Boolean(effective) && effective !== "manual";
}

function inManual({ effective }) {
  return effective === "manual";
}

function atWork({ word }) {
  return word !== null && word !== "wait";
}
