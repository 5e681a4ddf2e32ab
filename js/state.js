// What the browser knows, in one place, where the panels meet: none of them knows another. Written by main.js (or journal.js), orders.js and,
// where that is said below, by panels.
//
//   const state = createState();
//   const off = state.subscribe((now, changed) => ...);   // changed: Set of the keys that were set to another value
//   state.set({ frame, status, statusAt });
//   state.get().frame
// No other keys than these; each of them but `alive` is null, or empty, until it is known:
//   frame     all that the controller told last (frame.js); the journal's page has none
//   status    the same in the shape that the panels read (model.js statusOf); at the journal's page the body of /get/status
//   statusAt  performance.now() when that was told, ms
//   alive     whether what the page shows is of now: it is told, and drawn (alive.js)
//   model     what the page shows of the frame now (lib/model.js); the journal's page has none
//   orders    what was ordered here, newest first;   said   {spot: what stands there beside the orders} (both orders.js)
//   list      which units the list shows: {filter, mode, find, sort} (panels/units.js, panels/address.js)
//   debug     whether the box "debug" is ticked (panels/cluster.js)
//   visitor   who is logged in here, and what that person may, as /session tells it (panels/who.js)
//   past      which moment of the past the page shows, null for now (panels/past.js); then `live` is {frame, status, statusAt} of now
//   opened    what was last asked for, by a new object at each press: {what: "details" | "panel" | "lock" | "schedule", unitId}; whoever
//             shows that opens it. null once the details are closed

const NOTHING = Object.freeze({
  frame: null,
  status: null,
  statusAt: null,
  alive: true,
  model: null,
  orders: [],
  said: {},
  list: Object.freeze({ filter: "all", mode: "", find: "", sort: "id" }),
  debug: false,
  visitor: null,
  past: null,
  live: null,
  opened: null,
});

export function createState(initial = {}) {
  let values = Object.freeze({ ...NOTHING, ...known(initial) });
  const listeners = new Set();

  function set(patch) {
    const changed = new Set(Object.keys(known(patch)).filter((key) => !Object.is(patch[key], values[key])));
    if (changed.size === 0) return;
    values = Object.freeze({ ...values, ...patch });
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

function known(patch) {
  const odd = Object.keys(patch).find((key) => !Object.hasOwn(NOTHING, key));
  if (odd !== undefined) throw new Error(`The page's state has no ${odd}.`);
  return patch;
}

/** One listener's fault is reported and does not keep the others from the news. */
function tell(listener, values, changed) {
  try {
    listener(values, changed);
  } catch (fault) {
    globalThis.reportError
      ? globalThis.reportError(fault)
      : queueMicrotask(() => {
          throw fault;
        });
  }
}
