// Which of a scope's schedules the page's one line shows. Pure.

/**
 * The schedule that comes next, of whatever operation; those that were given up wait only for an operator to clear them and come last.
 * @param set {operation: ISO time}, a scope's entry in status.schedules.set; @param failed the operations whose schedule was given up
 * @returns {{what: string, due: string, failed: boolean}|null}
 */
export function nextSchedule(set, failed = []) {
  const schedules = Object.entries(set ?? {})
    .filter(([, due]) => typeof due === "string")
    .map(([what, due]) => ({ what, due, failed: failed.includes(what) }));
  return schedules.sort((one, other) => one.failed - other.failed || timeOf(one) - timeOf(other))[0] ?? null;
}

/** A number whatever stands there, so that one odd time does not upset the others' order. */
function timeOf({ due }) {
  const time = Date.parse(due);
  return Number.isNaN(time) ? Number.MAX_VALUE : time;
}
