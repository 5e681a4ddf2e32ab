// The outcomes of several forms in one place: a line each, with its order's name, so that none hides another. Used by card.js and cluster.js.

import { orderName } from "../lib/sentences.js";
import { keyed, make, setOutcome } from "./text.js";

/** @param lines orders.lines(...): orders, and sentences that no order stands behind */
export function showOutcomes(list, lines, words) {
  keyed(
    list,
    lines,
    ({ key }) => key,
    () => make("li", "", { class: "outcome" }),
    (element, { command, kind, text }) => {
      setOutcome(element, { kind, text: command ? words.t("outcome.of", { what: orderName(command, words), outcome: text }) : text });
    },
  );
}
