// The number in the Bus voltage field above the picture, for whatever is ordered with it (H4). It is read from the field itself at each
// question, so that what is sent is what stands there.

import { readNumber } from "../lib/numbers.js";

export function createBusVoltage({ words }) {
  const input = document.getElementById("bus-voltage");

  /** {value} in V, or {problem} as numbers.js tells it, with `sentence` where what stands there is no number. */
  function read() {
    const found = readNumber(input.value);
    const unread = found.problem && found.problem !== "empty";
    return unread ? { ...found, sentence: words.t(`number.${found.problem}`, { field: words.t("number.bus"), text: input.value.trim() }) } : found;
  }

  return { input, read };
}
