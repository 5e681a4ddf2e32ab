// Last data of units that fell silent before this page was opened, so that a reload blanks nothing (Z5). Used by main.js.
//
// A silent unit stands no longer in /get/logInfo; /get/unit/<id> still tells its last data (Z2). Each is asked for once,
// a few at a time; a unit that was never seen since start (its age is null) has none.

import { finite } from "./lib/figures.js";

const AT_ONCE = 4;

export function createMemory({ api, state }) {
  const asked = new Set();

  /** Asks for what this status shows to be silent and the page has never seen. Ends when all have answered. */
  async function follow(status) {
    const { logInfo, remembered } = state.get();
    if (logInfo === null) return; // the first reading tells most of them
    const missing = Object.entries(status.units ?? {}).filter(([id, unit]) => unit?.state === "silent" && finite(unit.age) !== null
      && !Object.hasOwn(remembered, id) && !asked.has(id)).map(([id]) => id);
    for (const id of missing) asked.add(id);
    const found = {};
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, () => askAll(missing, found)));
    // what has been read meanwhile is newer
    if (Object.keys(found).length > 0) state.set({ remembered: { ...found, ...state.get().remembered } });
  }

  async function askAll(missing, found) {
    for (let id = missing.pop(); id !== undefined; id = missing.pop()) {
      const { ok, body, failure } = await api.unit(id);
      if (ok) found[id] = body;
      else if (failure !== "refused") asked.delete(id); // no answer: the next status asks again
    }
  }

  return { follow };
}
