// Live, stale, silent on the page: what the controller said, carried on by our own clock while it cannot be asked (Z5).

import { finite } from "./figures.js";

const STALE_AFTER = 30; // s, the controller's default; its own setting wins (status.config.staleafter)

/**
 * State and age of one unit.
 * @param entry the unit's entry in /get/status.units, or undefined
 * @param inLog whether the last /get/logInfo held the unit
 * @param elapsed seconds since that status arrived
 * @param staleAfter seconds
 * @returns {{state: "live"|"stale"|"silent", age: number|null}} without an entry nothing proves it live: stale, age null
 */
export function freshnessOf(entry, inLog, elapsed = 0, staleAfter = STALE_AFTER) {
  const age = finite(entry?.age);
  const now = age === null ? null : age + Math.max(0, elapsed);
  if (entry?.state === "silent") return { state: "silent", age: now };
  if (!entry) return { state: inLog ? "stale" : "silent", age: null };
  const live = entry.state === "live" && (now === null ? elapsed <= staleAfter : now <= staleAfter);
  return { state: live ? "live" : "stale", age: now };
}

/** The setting in force, s. */
export function staleAfterOf(status) {
  return finite(status?.config?.staleafter) ?? STALE_AFTER;
}

/** How many units are live, stale, silent. */
export function countStates(units) {
  const counts = { live: 0, stale: 0, silent: 0 };
  for (const unit of units) counts[unit.state] += 1;
  return counts;
}
