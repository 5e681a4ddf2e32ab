// Live, stale, silent on the page: what the controller said, carried on by our own clock while it cannot be asked (Z5).

import { finite } from "./figures.js";

const STALE_AFTER = 30; // s, the controller's default; its own setting wins (status.config.staleafter)

/** The state that the controller told, by now: nothing is live for longer than the limit. `age` and `staleAfter` in s. */
export function stateNow(told, age, staleAfter = STALE_AFTER) {
  return told === "live" && (age === null || age > staleAfter) ? "stale" : told;
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
