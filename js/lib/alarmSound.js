// For which alarms a sound is due: each of priority 1 or 2 once, when it is to be read. Pure.

import { isUnread } from "./alarmList.js";

const LOUD = 2; // up to this priority

/**
 * @param heard ids for which it sounded already
 * @returns {{due, heard}}: those for which it is due now, and the ids to remember; one that was read and comes again is due again
 */
export function soundDue(alarms, heard) {
  const loud = alarms.filter((alarm) => alarm.priority <= LOUD && isUnread(alarm));
  return { due: loud.filter(({ id }) => !heard.includes(id)), heard: loud.map(({ id }) => id) };
}

/** Ids as they were kept as a text; none where it holds something else. */
export function heardOf(text) {
  try {
    const ids = JSON.parse(text);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
