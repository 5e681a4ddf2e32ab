// What may be ordered now, and what the page offers, from what the browser knows (state.js). Pure.

/** Whether the controller takes only what stops (setting read_only). */
export function isReadOnly({ status }) {
  return status?.config?.readOnly === true;
}

/** Whether whoever is logged in here may do what needs this permission; true where nobody asks who it is, or it is not known yet. */
export function isPermitted({ visitor }, permission = "operate") {
  return visitor === null || visitor === undefined || visitor.permissions.includes(permission);
}

/** Whether orders other than stopping can be given now: the controller answers, is not read-only, and lets this person. */
export function mayOrder({ status, alive, visitor = null, past = null }, permission = "operate") {
  return past === null && status !== null && alive && !isReadOnly({ status }) && isPermitted({ visitor }, permission);
}

/** The maintenance lock on a unit, on the cluster for ""; null for none. */
export function lockOf({ status }, scope) {
  const locks = status?.locks;
  return locks && Object.hasOwn(locks, scope) ? locks[scope] : null;
}

/** Whether UPS modes are offered: with debug on, where the system has UPS (Z10). */
export function offersUps({ status, debug }) {
  return debug && status?.config?.upsModes === true;
}

/** Whether what is to follow a Soft Stop waits for this page's being heard. */
export function keepsThen({ status }) {
  return status?.then?.state === "waiting" && status.then.mine === true;
}
