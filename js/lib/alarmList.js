// The list of alarms as /alarms tells it: what of it a person asks to see, what may be done with each, and what is new. Pure.

export const STATES = Object.freeze(["unread", "read", "away", "explained"]);
export const NAMED = 3; // things that an alarm is of and that its row names; the others are counted

const UNREAD = new Set(["unacknowledged", "returnedUnacknowledged"]);
const AWAY = new Set(["shelved", "outOfService"]);

/** Whether a person still has to read it; what another alarm explains is read with that one. */
export function isUnread(alarm) {
  return UNREAD.has(alarm.state) && alarm.inhibitedBy === null;
}

/** In which of STATES it is. */
export function groupOf(alarm) {
  if (AWAY.has(alarm.state)) return "away";
  if (alarm.inhibitedBy !== null) return "explained";
  return isUnread(alarm) ? "unread" : "read";
}

/**
 * Those that a filter {priority, state, unit, text} lets through, in their order; "" asks for nothing.
 * @param textOf (alarm) => all that is shown of it, asked only where a text is looked for
 */
export function chosenOf(alarms, { priority = "", state = "", unit = "", text = "" }, textOf) {
  const [unitId, wanted] = [unit, text].map((value) => value.trim().toLowerCase());
  return alarms.filter(
    (alarm) =>
      (priority === "" || alarm.priority === Number(priority)) &&
      (state === "" || groupOf(alarm) === state) &&
      (unitId === "" || namesOf(alarm).some((name) => name.toLowerCase().includes(unitId))) &&
      (wanted === "" || textOf(alarm).toLowerCase().includes(wanted)),
  );
}

/** All that it is of and names, the first one out first, then live hardware that it tells of in others' place. */
export function namesOf(alarm) {
  return [...new Set([...subjectsOf(alarm), ...alarm.hardware])];
}

/** All that it is of, without the cluster. */
export function subjectsOf(alarm) {
  return alarm.of.map(({ subject }) => subject).filter((subject) => subject !== "");
}

/** Which of "acknowledge", "shelve" and "unshelve" may be done with it. */
export function deedsOf(alarm) {
  if (alarm.state === "shelved") return ["unshelve"];
  if (alarm.state === "outOfService") return [];
  return [UNREAD.has(alarm.state) ? "acknowledge" : null, alarm.active ? "shelve" : null].filter(Boolean);
}

/** How many hours it may be put away. */
export function mostHours({ priority }) {
  return priority === 1 ? 1 : 12;
}

/** Those to be read of which `known` (ids) holds none. */
export function newOf(alarms, known) {
  return alarms.filter((alarm) => isUnread(alarm) && !known.has(alarm.id));
}

/** The ids of those to be read. */
export function unreadIds(alarms) {
  return new Set(alarms.filter(isUnread).map(({ id }) => id));
}

/** Where a window of `size` rows begins that shows the row at `index`, which may be one beyond either end. */
export function windowAt(index, count, size) {
  const within = Math.max(0, Math.min(count - 1, index));
  return within - (within % size);
}
