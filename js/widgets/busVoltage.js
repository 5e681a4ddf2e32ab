// The Bus voltage (V9, H4): one value for all that is ordered with it. It stands in every form that sends it, a converter's and guided
// sharing's, and changed in one it is changed in all.

import { readNumber } from "../lib/numbers.js";
import { setProperty } from "./text.js";

const USUAL = "350"; // V, as on the specification's screen

/** `onChange()` is called when a person changed it in any form. */
export function createBusVoltage({ words, onChange }) {
  let text = USUAL;

  /** Has that field show the value and change it. */
  function stand(input) {
    show(input);
    input.addEventListener("input", () => {
      text = input.value;
      onChange();
    });
  }

  function show(input) {
    setProperty(input, "value", text);
  }

  /** {value} in V, or {problem} as numbers.js tells it, with `sentence` where what stands there is no number. */
  function read() {
    const found = readNumber(text);
    const unread = found.problem && found.problem !== "empty";
    return unread ? { ...found, sentence: words.t(`number.${found.problem}`, { field: words.t("number.bus"), text: text.trim() }) } : found;
  }

  return { stand, show, read };
}
