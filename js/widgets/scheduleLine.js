// A scope's line with its next schedule, and its Clear, which clears what the line shows (G4, G7, N7). Used by the cluster's schedules and
// by each unit's panel.

import { nextSchedule } from "../lib/next_schedule.js";
import { mayOrder } from "../lib/permits.js";
import { scheduleText } from "../lib/sentences.js";
import { isHasty, noteWhat } from "./hold.js";
import { setAttribute, setProperty, setText } from "./text.js";

/** @param unitId null for the cluster; @param line where the text stands; @param button its Clear */
export function createScheduleLine({ words, orders, state, readNow }, unitId, line, button) {
  function render() {
    const now = state.get();
    const schedule = nextOf(now.status?.schedules, unitId ?? "");
    setText(line, schedule ? scheduleText(schedule, words) : "--");
    setAttribute(button, "data-operation", schedule?.what ?? null);
    noteWhat(button, schedule?.what ?? null);
    setProperty(button, "disabled", schedule === null || !mayOrder(now));
  }

  /** Clears what the line shows, unless it has only just come to show it. */
  function clear(event) {
    if (!isHasty(button, event)) clearSchedule({ orders, readNow }, unitId, button.dataset.operation);
  }

  return { render, clear };
}

/** Orders that a scope's schedule of this operation is cleared. */
export async function clearSchedule({ orders, readNow }, unitId, what, spot = scheduleSpot(unitId)) {
  await orders.give({ spot, order: "clearSchedule", unitId, wanted: { operation: what }, call: (order) => order.setSchedule({ operation: what, unitId }) });
  readNow();
}

/** Where it stands what came of a scope's schedules. */
export function scheduleSpot(unitId) {
  return unitId === null ? "schedule" : `card:${unitId}:schedule`;
}

function nextOf(schedules, scope) {
  const { set = null, failed: told = [] } = schedules ?? {};
  const failed = told.filter((entry) => (entry?.unitId ?? "") === scope).map((entry) => entry.operation);
  return set && Object.hasOwn(set, scope) ? nextSchedule(set[scope], failed) : null;
}
