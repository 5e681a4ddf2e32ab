// What may be ordered now, and what the page offers, from what the browser knows (state.js). Pure.

/** Whether the controller takes only what stops (setting read_only). */
export function isReadOnly({ status }) {
  return status?.config?.readOnly === true;
}

/** Whether orders other than stopping can be given now: the controller answers and is not read-only. */
export function mayOrder({ status, alive }) {
  return status !== null && alive && !isReadOnly({ status });
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
