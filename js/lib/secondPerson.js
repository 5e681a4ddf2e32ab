// What waits for a second person, and for how long still. Pure.

/**
 * The overrides that nobody has confirmed yet, each with whether it is this page's or this person's own.
 * @param orders of this page (orders.js), which knows its own by the key that it gave them; @param visitor who is logged in here
 */
export function waitingForSecond({ status, orders = [], visitor = null }) {
  const open = Array.isArray(status?.orders) ? status.orders : [];
  const keys = new Set(orders.map(({ key }) => key));
  return open.filter(isWaiting).map((command) => ({ command, own: command.second.first === visitor?.name || (command.key !== null && keys.has(command.key)) }));
}

/** Whether an order stands until a second person confirms it; nothing of it is sent before. */
export function isWaiting({ second = null, state }) {
  return second !== null && second.by === null && state === "pending";
}

/** Whole seconds until it is given up, by the controller's clock (`now`, a Date); never below 0. */
export function secondsLeft({ second }, now) {
  return Math.max(0, Math.ceil((new Date(second.until) - now) / 1000));
}
