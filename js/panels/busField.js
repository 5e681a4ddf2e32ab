// The Bus voltage field above the picture, which voltage control and guided transfer use: beside it stands what it means (H4).

import { limitsOf } from "../lib/converter.js";
import { exactly } from "../lib/numbers.js";
import { showMeaning } from "../widgets/text.js";

export function createBusField({ words, busVoltage }) {
  const means = document.getElementById("bus-means");

  function render({ status }) {
    const { value, sentence } = busVoltage.read();
    const { min, max } = limitsOf(status);
    if (value >= min && value <= max) showMeaning(means, busVoltage.input, words.t("bus.means", { dvg: exactly(value) }), true);
    else showMeaning(means, busVoltage.input, sentence ?? words.t("converter.bus", { min, max }), false);
  }

  return { render };
}
