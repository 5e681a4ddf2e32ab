// The outcomes of several forms in one place: a line each, with its order's name and time, so that none hides another. Used by card.js and cluster.js.

import { namedOutcome } from "../lib/sentences.js";
import { keyed, make, setOutcome } from "./text.js";

/** @param lines orders.lines(...): orders, and sentences that no order stands behind */
export function showOutcomes(list, lines, words) {
  keyed(
    list,
    lines,
    ({ key }) => key,
    () => make("li", "", { class: "outcome" }),
    (element, line) => setOutcome(element, namedOutcome(line, words)),
  );
}
