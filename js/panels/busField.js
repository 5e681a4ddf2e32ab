// The Bus voltage field above the picture, which voltage control and guided transfer use: what it holds, and beside it what that means (H4).

import { limitsOf } from "../lib/converter.js";
import { exactly, readNumber } from "../lib/numbers.js";
import { showMeaning } from "./text.js";

export function createBusField(page) {
  const { words } = page;
  const input = document.getElementById("bus-voltage");
  const means = document.getElementById("bus-means");

  /** {value} in V, or {problem} as numbers.js tells it, with `sentence` where what stands there is no number. */
  function read() {
    const found = readNumber(input.value);
    const unread = found.problem && found.problem !== "empty";
    return unread ? { ...found, sentence: words.t(`number.${found.problem}`, { field: words.t("number.bus"), text: input.value.trim() }) } : found;
  }

  function render(model) {
    const { value, sentence } = read();
    const { min, max } = limitsOf(model.status);
    if (value >= min && value <= max) showMeaning(means, input, words.t("bus.means", { dvg: exactly(value) }), true);
    else showMeaning(means, input, sentence ?? words.t("converter.bus", { min, max }), false);
  }

  return { read, render };
}
