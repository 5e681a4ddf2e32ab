// What the browser knows: units, deals, schedules, status and their ages, in one place. Written by main.js, orders.js and memory.js, read by subscribers.
//
//   const state = createState();
//   const off = state.subscribe((now, changed) => ...);   // changed: Set of the keys that were set to another value
//   state.set({ deals: answer.body, dealsFailed: null });
//   state.get().deals
// Keys that the page uses: logInfo {id: data}|null, deals [..]|null, dealsFailed null|sentence, schedules|null, status|null,
// statusAt (performance.now() of the last status, ms), remembered {id: last data of every unit seen}, reach (see freshness.js), heardAt (Date.now() of
// the last answer, ms), orders [..], said {spot: what stands there of the last order}.

export function createState(initial = {}) {
  let values = Object.freeze({
    logInfo: null, deals: null, dealsFailed: null, schedules: null, status: null, statusAt: null, remembered: {}, reach: null, orders: [],
    ...initial,
  });
  const listeners = new Set();

  function set(patch) {
    const changed = new Set(Object.keys(patch).filter((key) => !Object.is(patch[key], values[key])));
    if (changed.size === 0) return;
    values = Object.freeze({ ...values, ...patch, ...remembering(values.remembered, patch.logInfo) });
    for (const listener of [...listeners]) tell(listener, values, changed);
  }

  return {
    get: () => values,
    set,
    /** Calls the listener on every change, and returns the function that ends this. */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The last data of every unit that was seen, so that a silent one is never blanked (Z5). */
function remembering(before, logInfo) {
  return logInfo ? { remembered: { ...before, ...logInfo } } : {};
}

/** One listener's fault is reported and does not keep the others from the news. */
function tell(listener, values, changed) {
  try {
    listener(values, changed);
  } catch (fault) {
    globalThis.reportError ? globalThis.reportError(fault) : queueMicrotask(() => { throw fault; });
  }
}
