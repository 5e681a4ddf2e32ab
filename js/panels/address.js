// The page's address follows what is shown, and what is shown follows the address: a link opens a unit's details or a filter, and the
// browser's ways back and forward go through what was shown (lib/address.js).

import { addressOf, readAddress } from "../lib/address.js";

export function createAddress({ state }) {
  let waiting = null; // the unit that the link names, until units are known

  function take() {
    const { unit, list } = readAddress(location);
    state.set({ list, opened: unit === null ? null : { what: "details", unitId: unit } });
  }

  /** Every step is one that "back" undoes; each letter that is typed is none, nor is the closing of what was just opened. */
  function follow({ opened, list }, changed) {
    if (!changed.has("opened") && !changed.has("list")) return;
    const unit = opened?.what === "details" ? opened.unitId : waiting;
    const query = addressOf({ unit, list }, location.search);
    if (query === location.search && location.hash === "") return;
    const was = readAddress(location);
    if (was.unit !== null && unit === null && history.state?.opened === true) history.back();
    else if (was.list.find !== list.find) history.replaceState(history.state, "", query || location.pathname);
    else history.pushState({ opened: unit !== null && was.unit === null }, "", query || location.pathname);
  }

  function render({ status }) {
    if (waiting === null || status === null) return;
    const unitId = waiting;
    waiting = null;
    state.set({ opened: { what: "details", unitId } });
  }

  const { unit, list } = readAddress(location);
  waiting = unit;
  state.set({ list });
  if (location.hash !== "" && (unit !== null || addressOf({ list }) !== "")) {
    history.replaceState(history.state, "", addressOf({ unit, list }, location.search));
  }
  state.subscribe(follow);
  addEventListener("popstate", take);

  return { render };
}
