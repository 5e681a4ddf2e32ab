// How long what came of an order stands at its form: what is well fades, a refusal goes with its reason, all else stays until something newer. Pure.
// Nothing is forgotten by that: every order stays in the page's list of orders, and in the journal.

const STAYS = 8_000; // ms for which an end that is well is told
const STOP_STAYS = 60_000; // ms, of what stops everything
const REFUSAL_STAYS = 10_000; // ms at least for which a refusal is told
export const FADES = 1_000; // ms of that in which it fades, as in css/controls.css
const STOPS = new Set(["stopAll", "estop"]);

/**
 * What may keep an order of this unit, or of the cluster for null, as one text: another text means that a reason may have gone.
 * @param status the page's status (model.js statusOf)
 */
export function groundsOf(status, unitId = null) {
  const { grid = {}, estop = null, locks = {}, share = null, orders = [], units = {} } = status ?? {};
  const scope = unitId === null ? Object.entries(units) : Object.entries(units).filter(([id]) => id === unitId);
  const told = scope.map(([id, { state, effective, localMode, lastWord, conflict, unwatched, acknowledged, trips }]) => [
    id,
    state,
    effective,
    localMode,
    lastWord,
    conflict,
    unwatched && !acknowledged,
    trips?.count ?? 0,
  ]);
  const holding = (Array.isArray(orders) ? orders : []).filter(({ order }) => order === "stopAll" || order === "shutDown").map(({ id }) => id);
  return JSON.stringify([grid.mode, grid.pending, Boolean(estop), Object.keys(locks ?? {}).sort(), share?.state, holding, told]);
}

/** Whether an order was refused and nothing of it was sent. */
export function isRefusal({ command }) {
  return command?.state === "failed" && command.sent === false;
}

/**
 * How an entry of orders.js stands now: "shown", "fading" or "over".
 * @param clock ms, of the same clock as the entry's `overAt` and `saidAt`; @param grounds () => groundsOf now
 */
export function stageOf(entry, clock, grounds) {
  const { command, kind, watched = null, ended = null, overAt = null, saidAt = null, passing = false, holds = null } = entry;
  if (command === undefined) return (holds === null || holds()) && !(passing && saidAt !== null && clock - saidAt > STAYS) ? "shown" : "over";
  if (ended === null || overAt === null || typeof watched === "number") return "shown";
  const age = clock - overAt;
  if (isRefusal(entry) && !passing) return age > REFUSAL_STAYS && entry.grounds !== grounds() ? "over" : "shown";
  if (kind !== "done" && !passing) return "shown";
  const left = (STOPS.has(command.order) ? STOP_STAYS : STAYS) - age;
  return left <= 0 ? "over" : left <= FADES ? "fading" : "shown";
}
